-- numbers that are not rising with the dates, or with holes
select * from (select number, issued_on, lag(issued_on) over (order by right(number, 5)) b, row_number() over (order by right(number, 5)) n from invoices) where issued_on < b or right(number, 5)::int <> n;
-- numbers of another year
select number, issued_on from invoices where not regexp_full_match(number, '20\d\d-\d{5}') or left(number, 4)::int <> year(issued_on);
-- issued or due on a weekend
select number, issued_on, due_on from invoices where isodow(issued_on) > 5 or isodow(due_on) > 5;
-- due later than agreed, or earlier
select i.number from invoices i join clients c on c.id = i.client_id where due_on - issued_on - net_days not between 0 and 2;
-- invoices of nobody
select * from invoices anti join clients on clients.id = invoices.client_id;
-- VAT identification numbers of another country
select country, vat_id from clients where left(vat_id, 2) <> if(country = 'AT', 'AT', country);
-- German numbers of another form
select vat_id from clients where country = 'DE' and not regexp_full_match(vat_id, 'DE[1-9]\d{8}');
-- tax abroad, or none at home
select * from invoices i join clients c on c.id = i.client_id where vat_rate <> if(country = 'DE', 0.19, 0);
-- lines without invoice, without service, or at another rate
select * from lines l left join invoices i on i.number = l.invoice_number left join services s on s.code = l.service where i.number is null or s.code is null or unit_price <> s.rate;
-- positions with holes
select i.number from invoices i left join lines l on l.invoice_number = i.number group by i.number having count(position) not between 1 and 7 or max(position) <> count(*) or min(position) <> 1;
-- hours that are no quarters, days, months and trips that are not whole
select * from lines l join services s on s.code = l.service where quantity % if(unit = 'hour', 0.25, 1.0) <> 0 or quantity <= 0;
-- services far from their weights
select s.code, count(*) / (select count(*) from lines) a from lines l join services s on s.code = l.service group by s.code, s.weight having abs(a - s.weight / 106) > 0.03;
-- net of a line that is not quantity times price less discount, to the cent
select * from lines where net <> round(quantity * unit_price * (1 - discount), 2);
-- tax that is not rounded line by line
select * from lines l join invoices i on i.number = l.invoice_number where l.vat <> round(l.net * vat_rate, 2);
-- totals that are not those of the lines
select i.number from invoices i join lines l on l.invoice_number = i.number group by i.number, i.net, i.vat, i.gross having i.net <> sum(l.net) or i.vat <> sum(l.vat) or i.gross <> i.net + i.vat;
-- payments that do not total what was paid
select i.number from invoices i left join payments p on p.invoice_number = i.number group by i.number, paid having paid <> coalesce(sum(amount), 0);
-- paid too much, or another amount open
select number from invoices where paid > gross or open <> gross - paid;
-- paid before the invoice or after now
select * from payments p join invoices i on i.number = p.invoice_number where paid_on <= issued_on or paid_on > date '2025-05-31';
-- status that does not follow from what is open and due
select number, status, open, due_on from invoices where status <> if(open = 0, 'paid', if(due_on < date '2025-06-01', 'overdue', 'open'));
-- shares of the status
select avg((status = 'paid')::int) a from invoices having a not between 0.8 and 0.97;
-- reminders of invoices that are not overdue, too early or out of order
select * from reminders r join invoices i on i.number = r.invoice_number where status <> 'overdue' or sent_on <> due_on + 14 * level::int or sent_on > date '2025-06-01' or level not between 1 and 3;
-- overdue by two weeks and no reminder
select number from invoices where status = 'overdue' and due_on <= date '2025-06-01' - 14 and number not in (select invoice_number from reminders);
-- sums by client
select c.id from clients c left join invoices i on i.client_id = c.id group by c.id, c.billed, c.open having c.billed <> coalesce(sum(i.gross), 0) or c.open <> coalesce(sum(i.open), 0);
-- sums by quarter
select (select sum(vat) from vat_by_quarter) a, (select sum(vat) from invoices) b where a <> b;
