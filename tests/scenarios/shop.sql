-- rows of users
select count(*) from users having count(*) <> 10000;
-- user ids twice
select id from users group by id having count(*) > 1;
-- uuids of another version
select id from users where substr(id::varchar, 15, 1) <> '4' or substr(id::varchar, 20, 1) not in ('8', '9', 'a', 'b');
-- names that are not first and last
select * from users where name <> first || ' ' || last;
-- emails twice
select email from users group by email having count(*) > 1;
-- emails that do not fit the name
select email from users where not starts_with(email, lower(first) || '.' || lower(last));
-- ages out of bounds
select age from users where age not between 18 and 90;
-- ages clipped instead of truncated: a heap at the bound
select count(*) from users where age = 18 having count(*) > 150;
-- mean age far from that of the truncated normal
select avg(age) from users having abs(avg(age) - 39.1) > 0.4;
-- countries with a currency that is not theirs
select country, currency from users where (country, currency) not in (('US', 'USD'), ('DE', 'EUR'), ('BR', 'BRL'));
-- share of US far from 50 %
select avg((country = 'US')::int) from users having abs(avg((country = 'US')::int) - 0.5) > 0.03;
-- plans by the weights of the file
select avg((plan = 'free')::int) from users having abs(avg((plan = 'free')::int) - 0.7) > 0.03;
-- systems that do not run on the device
select device, os from users where (device = 'phone') <> (os in ('android', 'ios'));
-- addresses of another form
select ip from users where not regexp_full_match(ip, '(10|172|192)(\.\d{1,3}){3}');
-- referrers that do not exist
select u.id from users u left join users r on r.id = u.referrer_id where u.referrer_id is not null and r.id is null;
-- share without referrer
select avg((referrer_id is null)::int) a from users having abs(a - 0.6) > 0.03;
-- sign-ups outside the range
select created_at from users where created_at not between timestamptz '2023-01-01 00:00:00+00' and timestamptz '2025-05-31 00:00:00+00';
-- bios too often or too rarely null
select avg((bio is null)::int) a from users having abs(a - 0.9) > 0.02;
-- hidden columns in the file
select * from (describe users) where column_name = 'luck';
-- lifetime that is not the sum of the orders
select u.id from users u left join orders o on o.user_id = u.id group by u.id, u.lifetime having u.lifetime <> coalesce(sum(o.total), 0);
-- products out of number, or with a key twice
select count(*), count(distinct sku) from products having count(*) <> 500 or count(distinct sku) <> 500;
-- sku of another form
select sku from products where not regexp_full_match(sku, '[A-Z]{3}-[0-9]{6}');
-- tags twice in a list, or too many
select tags from products where len(tags) > 3 or len(list_distinct(tags)) <> len(tags);
-- list sizes that never occur
select count(distinct len(tags)) from products having count(distinct len(tags)) <> 4;
-- sizes out of range
select dims from products where dims.w not between 1 and 80 or dims.h not between 1 and 80;
-- order ids with holes
select min(id), max(id), count(*) from orders having min(id) <> 1000 or max(id) - min(id) + 1 <> count(*);
-- orders of nobody
select * from orders anti join users on users.id = orders.user_id;
-- more orders than 40 for one user
select user_id from orders group by user_id having count(*) > 40;
-- mean orders far from 3
select count(*) / 10000.0 m from orders having abs(m - 3) > 0.1;
-- orders before the user, or after now
select o.id from orders o join users u on u.id = o.user_id where placed_at < created_at or placed_at > timestamptz '2025-06-01 00:00:00+00';
-- status shares
select avg((status = 'paid')::int) a from orders having abs(a - 0.55) > 0.02;
-- shipped without date, or a date without being shipped
select id from orders where (status = 'shipped') <> (shipped_at is not null);
-- shipped too early or too late
select id from orders where shipped_at - placed_at not between interval 1 day and interval 7 days;
-- totals that are not the sum of the items
select o.id from orders o join order_items i on i.order_id = o.id group by o.id, o.total having o.total <> sum(i.line_total);
-- orders with none or more than 5 items
select o.id from orders o left join order_items i on i.order_id = o.id group by o.id having count(i.order_id) not between 1 and 5;
-- line numbers that are not 1, 2, 3 ...
select order_id from order_items group by order_id having min(line_no) <> 1 or max(line_no) <> count(*) or count(distinct line_no) <> count(*);
-- a product twice in an order
select order_id, product_id from order_items group by all having count(*) > 1;
-- products that do not exist
select * from order_items anti join products on products.sku = order_items.product_id;
-- line totals that are not quantity times price
select * from order_items i join products p on p.sku = i.product_id where i.line_total <> i.quantity * p.price;
-- no skew among the products
select max(c) / avg(c) r from (select count(*) c from order_items group by product_id) having r < 5;
-- money with another type
select * from (describe orders) where column_name = 'total' and column_type <> 'DECIMAL(10,2)';
-- who gets the newsletter
select * from users where plan <> 'free' and not newsletter;
-- share of the others that get it
select avg(newsletter::int) a from users where plan = 'free' having abs(a - 0.3) > 0.03;
