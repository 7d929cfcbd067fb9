-- full numbers of cards in the files
select column_name from (describe cards) where column_name = 'number';
-- last four digits or tokens of another form, or tokens twice
select token from cards group by token having count(*) > 1 or not regexp_full_match(token, '[0-9a-f]{24}') or bool_or(not regexp_full_match(last_four, '\d{4}'));
-- brands far from their shares
select avg((brand = 'visa')::int) a from cards having abs(a - 0.52) > 0.05;
-- one or two cards each
select h.id from cardholders h left join cards c on c.cardholder_id = h.id group by h.id having count(c.id) not between 1 and 2;
-- cards that do not expire at the end of the month four years later
select issued_on, expires_on from cards where expires_on <> last_day(issued_on + interval 4 years);
-- holders in a state with another postal code: three first digits by state
select state, postcode from cardholders where not regexp_full_match(postcode, '\d{5}') or (state = 'NY' and left(postcode, 1) not in ('0', '1')) or (state = 'CA' and left(postcode, 1) <> '9') or (state = 'TX' and left(postcode, 1) not in ('7', '8'));
-- codes with another category
select distinct mcc, category from merchants where (mcc, category) not in ((5411, 'Grocery stores'), (5812, 'Restaurants'), (5814, 'Fast food'), (5541, 'Service stations'), (5912, 'Drug stores'), (5732, 'Electronics'), (5651, 'Clothing'), (4899, 'Streaming and cable'), (4111, 'Local transport'), (7011, 'Hotels'));
-- ids that are not in the order of time, by the millisecond
select t.id from transactions t where ('0x' || left(replace(id::varchar, '-', ''), 12))::bigint <> epoch_us(authorised_at) // 1000;
-- payments with no card or in no shop
select t.id from transactions t left join cards c on c.id = card_id left join merchants m on m.id = merchant_id where c.id is null or m.id is null;
-- payments of another year (a margin of half a day for the time zones)
select authorised_at from transactions where authorised_at not between timestamptz '2024-01-01 00:00:00+00' and timestamptz '2025-01-01 12:00:00+00';
-- nights as busy as afternoons, by the clock of the cardholder
select count(*) filter (h between 14 and 17) / count(*) filter (h between 2 and 5) r from (select hour(timezone(time_zone, authorised_at)) h from transactions join cards on cards.id = card_id join cardholders p on p.id = cardholder_id) having r < 4;
-- electronic commerce where the shop has none
select entry from transactions join merchants m on m.id = merchant_id where online = 0 and entry = 'e-commerce';
-- medians far from those of the kind of shop
select category from transactions join merchants m on m.id = merchant_id group by category, m.median having count(*) > 500 and median(amount) not between 0.85 * m.median and 1.15 * m.median;
-- approved after the card had expired, or declined for it before
select t.id from transactions t join cards c on c.id = card_id where (authorised_at::date > expires_on and approved) or (authorised_at::date < expires_on and response = '54');
-- approved beyond half the credit limit
select t.id from transactions t join cards c on c.id = card_id where approved and amount > credit_limit * 0.5;
-- declined without a reason, approved with one, or a code with two
select response, approved, reason from transactions where approved <> (response = '00') or approved <> (reason is null);
-- shares of declines
select avg((not approved)::int) a from transactions where response <> '54' having a not between 0.03 and 0.07;
-- settled at weekends, before the payment, a week later, or though declined
select id from transactions where (settled_on is not null) <> approved or isodow(settled_on) > 5 or settled_on - authorised_at::date not between 1 and 5;
-- interchange of another amount
select id from transactions where abs(interchange - if(approved, amount * 0.018 + 0.10, 0)) > 0.00006;
-- refunds of declined payments, of more than the payment, or before it
select r.transaction_id from refunds r left join transactions t on t.id = r.transaction_id where t.id is null or not approved or r.amount > t.amount or (whole and r.amount <> t.amount) or requested_at < authorised_at + interval 1 day;
-- share of refunds
select (select count(*) from refunds) / (select count(*) from transactions where approved) a where a not between 0.03 and 0.05;
-- daily totals that do not total the payments
select (select sum(amount) from daily) a, (select sum(amount) from transactions where approved) b where a <> b;
