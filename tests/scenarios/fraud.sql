-- share of fraud far from one in a hundred
select avg(is_fraud::int) a from labels having a not between 0.007 and 0.014;
-- payments without label, or labels without payment
select * from payments p full join labels l on l.payment_id = p.id where p.id is null or l.payment_id is null;
-- reported without fraud, not reported, or before the payment
select p.id from payments p join labels l on l.payment_id = p.id where is_fraud <> (reported_at is not null) or reported_at < p.at + interval 1 day;
-- the label in the table of payments, where it would leak
select column_name from (describe payments) where column_name in ('fraud', 'risk', 'is_fraud');
-- labels known when the payment is made, among the features
select column_name from (describe features) where column_name in ('reported_at', 'risk');
-- features out of number
select (select count(*) from features) f, (select count(*) from payments) p where f <> p;
-- features that know the future: the same number again, of payments before this one
select f.id from features f join payments p on p.id = f.id left join payments b on b.customer_id = p.customer_id and b.at < p.at and p.at - b.at <= interval 24 hours group by f.id, payments_24h having payments_24h <> count(b.id);
-- a mean of the past that has this payment in it, or later ones
select f.id from features f join payments p on p.id = f.id join payments b on b.customer_id = p.customer_id and (b.at, b.id) < (p.at, p.id) group by f.id, f.amount, times_usual having abs(times_usual - f.amount / avg(b.amount)) > 1e-6;
-- first payments with a past
select id from (select f.*, row_number() over (partition by p.customer_id order by p.at, p.id) n from features f join payments p on p.id = f.id) where n = 1 and (times_usual is not null or seconds_since_last is not null or not new_device);
-- devices called new that had been seen, or the other way
select f.id from features f join (select id, row_number() over (partition by customer_id, device order by "at", id) n from payments) d on d.id = f.id where new_device <> (n = 1);
-- payments before the account, or time that runs backwards
select id from features where account_age_days < 0 or seconds_since_last < 0;
-- training data later than test data
select max("at") filter (part = 'train') a, min("at") filter (part = 'test') b from features having a >= b;
-- test set far from a quarter
select avg((part = 'test')::int) a from features having a not between 0.2 and 0.3;
-- a part without fraud
select part, sum(is_fraud::int) n from features group by part having n < 20;
-- fraud that shows in no feature
select corr(is_fraud::int, new_device::int) d, corr(is_fraud::int, foreign_ip::int) c, corr(is_fraud::int, coalesce(times_usual, 1)) t from features having d < 0.1 or c < 0.1 or t < 0.1;
-- fraud that one feature gives away
select ip_country from payments join labels on payment_id = id group by all having count(*) > 20 and avg(is_fraud::int) > 0.95 and ip_country in ('US', 'CA', 'MX', 'BR', 'RO');
-- fraud that three features give away
select max(p) m from (select avg(is_fraud::int) p from features group by new_device, foreign_ip, category having count(*) > 50) having m > 0.9;
-- thieves who prefer groceries to gift cards
select (select avg(is_fraud::int) from features where category = 'gift cards') g, (select avg(is_fraud::int) from features where category = 'grocery') f where g < 2 * f;
-- nights as safe as days
select (select avg(is_fraud::int) from payments join labels on payment_id = id where hour(timezone('America/Chicago', "at")) < 6) n, (select avg(is_fraud::int) from payments join labels on payment_id = id where hour(timezone('America/Chicago', "at")) >= 6) d where n < 1.5 * d;
-- payments of nobody or nowhere
select p.id from payments p left join customers c on c.id = customer_id left join merchants m on m.id = merchant_id where c.id is null or m.id is null;
