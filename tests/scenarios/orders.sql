-- countries with a currency, language or time zone that is not theirs
select distinct country, currency from customers where (country, language, currency, zone) not in (('DE', 'de_DE', 'EUR', 'Europe/Berlin'), ('US', 'en_US', 'USD', 'America/New_York'), ('GB', 'en_GB', 'GBP', 'Europe/London'), ('FR', 'fr_FR', 'EUR', 'Europe/Paris'), ('JP', 'ja_JP', 'JPY', 'Asia/Tokyo'), ('SE', 'sv_SE', 'SEK', 'Europe/Stockholm'), ('BR', 'pt_BR', 'BRL', 'America/Sao_Paulo'), ('CH', 'de_CH', 'CHF', 'Europe/Zurich'));
-- markets far from their weights
select avg((country = 'DE')::int) a from customers having abs(a - 0.26) > 0.04;
-- orders of nobody, or in another currency than the customer's
select o.id from orders o left join customers c on c.id = o.customer_id where c.id is null or (o.country, o.currency) <> (c.country, c.currency);
-- orders before the customer, or after now
select o.id from orders o join customers c on c.id = o.customer_id where placed_at < joined_on or placed_at > timestamptz '2025-06-01 00:00:00+00';
-- mean number of orders far from 4, or too even: the variance of this distribution is far above its mean
select avg(n) m, var_samp(n) v from (select c.id, count(o.id) n from customers c left join orders o on o.customer_id = c.id group by c.id) having abs(m - 4) > 0.4 or v < 2 * m;
-- status that does not fit the age of the order
select id, status, placed_at from orders where case when placed_at > timestamptz '2025-05-30 00:00:00+00' then status in ('shipped', 'delivered', 'returned') when placed_at > timestamptz '2025-05-23 00:00:00+00' then status in ('placed', 'delivered', 'returned') else status in ('placed', 'paid', 'shipped') end;
-- paid without the time of it, or the other way
select id from orders where (status in ('placed', 'cancelled')) <> (paid_at is null) or paid_at < placed_at;
-- evenings that are mornings: customers order when it is evening at home
select c.zone, avg((hour(timezone(c.zone, placed_at)) between 16 and 23)::int) a from orders o join customers c on c.id = o.customer_id group by all having count(*) > 300 and a < 0.4;
-- sums that are not those of the lines
select o.id from orders o join order_lines l on l.order_id = o.id group by o.id, net having net <> sum(amount);
-- orders without lines, or with line numbers with holes
select o.id from orders o left join order_lines l on l.order_id = o.id group by o.id having count(line_no) not between 1 and 5 or max(line_no) <> count(*) or min(line_no) <> 1;
-- an article twice in an order
select order_id, sku from order_lines group by all having count(*) > 1;
-- tax by the customer's rate, half a cent at most from it
select o.id from orders o join customers c on c.id = o.customer_id where abs(tax - net * tax_rate) > 0.005001 or total <> net + tax;
-- yen with cents
select * from order_lines l join orders o on o.id = l.order_id where currency = 'JPY' and unit_price % 1 <> 0;
-- prices that are not the article's at the rate
select * from order_lines l join orders o on o.id = l.order_id join customers c on c.id = o.customer_id join articles a on a.sku = l.sku where abs(unit_price - price_eur * per_euro) > if(o.currency = 'JPY', 0.5001, 0.005001);
-- amounts that are not quantity times price
select * from order_lines where amount <> quantity * unit_price or quantity not between 1 and 12;
-- net in euros that is not that of the articles
select o.id from orders o join order_lines l on l.order_id = o.id join articles a on a.sku = l.sku group by o.id, net_eur having net_eur <> sum(quantity * price_eur);
-- what was spent: orders that were not cancelled, in euros
select c.id from customers c left join orders o on o.customer_id = c.id and status <> 'cancelled' group by c.id, spent_eur having spent_eur <> coalesce(sum(net_eur), 0);
-- shipments of orders that were not sent, or orders that were sent without one
select o.id from orders o full join shipments s on s.order_id = o.id where o.id is null or (status in ('shipped', 'delivered', 'returned')) <> (s.order_id is not null);
-- shipped before payment, delivered before shipping, or not delivered though the order says so
select o.id from orders o join shipments s on s.order_id = o.id where shipped_at < paid_at or delivered_at < shipped_at or (status = 'shipped') <> (delivered_at is null) or delivered_at > timestamptz '2025-06-01 00:00:00+00';
-- invoices without payment, for another amount or in another currency
select o.id from orders o full join invoices i on i.order_id = o.id where o.id is null or (paid_at is null) <> (i.order_id is null) or i.amount <> o.total or i.currency <> o.currency;
-- numbers of invoices with holes
select count(*), max(number) from invoices having max(number) <> printf('INV-%06d', count(*)) or count(distinct number) <> count(*);
-- credit without return
select * from invoices i join orders o on o.id = i.order_id where credited <> if(status = 'returned', amount, 0);
