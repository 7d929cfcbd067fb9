-- versions that end before they begin, or not where the next one begins
select * from (select *, lead(valid_from) over (partition by customer_id order by valid_from) n from customer_versions) where valid_to <= valid_from or (n is not null and valid_to is distinct from n);
-- the same of prices, by the day
select * from (select *, lead(valid_from) over (partition by sku order by valid_from) n from prices) where valid_to <= valid_from or (n is not null and valid_to is distinct from n);
-- first versions that begin elsewhere than the customer
select * from customer_versions v join customers c on c.id = v.customer_id where version = 1 and valid_from <> joined_at;
-- first prices that do not hold from the launch on
select * from prices p join products using (sku) where version = 1 and valid_from <> launched;
-- versions numbered otherwise than they follow each other
select * from (select *, row_number() over (partition by customer_id order by valid_from) n from customer_versions) where version <> n;
-- last versions that do not end with the customer
select * from (select *, lead(valid_from) over (partition by customer_id order by valid_from) n from customer_versions) v join customers c on c.id = v.customer_id where n is null and valid_to is distinct from left_at;
-- something after now, or after the customer has left
select * from customer_versions v join customers c on c.id = v.customer_id where version > 1 and valid_from >= least(timestamptz '2025-06-01 00:00:00Z', coalesce(left_at, timestamptz '2025-06-01 00:00:00Z'));
-- more than one current version
select customer_id from customer_versions where is_current group by all having count(*) > 1;
-- customers who have not left without a current version
select * from customers c where (left_at is null or left_at > timestamptz '2025-06-01 00:00:00Z') and id not in (select customer_id from customer_versions where is_current);
-- versions in which nothing changed
select * from (select *, lag((city, region, plan, discount)) over (partition by customer_id order by valid_from) p from customer_versions) where version > 1 and (city, region, plan, discount) is not distinct from p;
-- prices that stay
select * from (select *, lag(price) over (partition by sku order by valid_from) p from prices) where price = p;
-- a city that moved without its region being that of the same draw
select city from customer_versions group by city having count(distinct region) > 25;
-- a share of changes far from what is declared, given that something changes: plan 70 % of 1 - 0.6 * 0.3 * 0.8
select avg((plan <> p)::int) a from (select *, lag(plan) over (partition by customer_id order by valid_from) p from customer_versions) where p is not null having a not between 0.77 and 0.86;
-- the customer's own city is not that of the last version
select * from customers c join (select customer_id, arg_max(city, valid_from) last from customer_versions group by all) v on v.customer_id = c.id where c.city <> last;
-- what was known of a version: begins when it is replaced, the last record is open
select * from (select *, lead(system_from) over (partition by customer_key order by system_from) n from customer_records) where system_to is distinct from n or system_to <= system_from;
-- records that tell nothing new
select * from (select *, lag((valid_to, city, region, plan, discount)) over (partition by customer_key order by system_from) p from customer_records) where record > 1 and (valid_to, city, region, plan, discount) is not distinct from p;
-- known before it happened, or later than now
select * from customer_records where (system_from < valid_from and valid_from <= timestamptz '2025-06-01 00:00:00Z') or system_from > timestamptz '2025-06-01 00:00:00Z';
-- at a time when something became known, two versions at one time or a gap between two
with moments as (select distinct customer_id, system_from as m from customer_records), known as (select r.*, m, lead(valid_from) over (partition by r.customer_id, m order by valid_from) n from moments join customer_records r on r.customer_id = moments.customer_id and system_from <= m and (system_to is null or system_to > m)) select * from known where n is not null and valid_to is distinct from n;
-- what is known now is not so
select * from customer_records r join customer_versions v using (customer_key) where system_to is null and (r.city, r.region, r.plan, r.discount) is distinct from (v.city, v.region, v.plan, v.discount);
-- about 8 % are corrected
select count(distinct customer_key) filter (record > 1 and valid_to is not distinct from p)::double / count(distinct customer_key) a from (select *, lag(valid_to) over (partition by customer_key order by system_from) p from customer_records) having a not between 0.04 and 0.12;
-- invoices that refer to a version of another time or customer
select * from invoices i join customer_versions v using (customer_key) where v.customer_id <> i.customer_id or billed_at < valid_from or billed_at >= valid_to;
-- invoices without a version though there is one
select * from invoices i join customer_versions v using (customer_id) where i.customer_key is null and billed_at >= valid_from and (valid_to is null or billed_at < valid_to);
-- invoices at a price of another time
select * from invoices i join prices p using (sku, version) where billed_at < valid_from or billed_at >= valid_to or amount <> price;
