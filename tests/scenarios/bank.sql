-- accounts of nobody
select * from accounts a anti join customers c on c.id = a.customer_id;
-- one to three accounts
select c.id from customers c left join accounts a on a.customer_id = c.id group by c.id having count(a.id) not between 1 and 3;
-- counts of accounts
select c.id from customers c join accounts a on a.customer_id = c.id group by c.id, c.accounts having c.accounts <> count(*);
-- currency of the customer
select a.id from accounts a join customers c on c.id = a.customer_id where a.currency <> c.currency;
-- opened before joining
select a.id from accounts a join customers c on c.id = a.customer_id where a.opened_on < c.joined_on;
-- numbers twice
select number from accounts group by number having count(*) > 1;
-- transfers across currencies
select t.id from transactions t join accounts f on f.id = t.from_account join accounts o on o.id = t.to_account where f.currency <> o.currency or t.currency <> f.currency;
-- transfers to itself
select id from transactions where from_account = to_account;
-- amounts out of bounds
select amount from transactions where amount not between 0.01 and 50000;
-- outgoing
select a.id from accounts a left join transactions t on t.from_account = a.id group by a.id, a.outgoing having a.outgoing <> coalesce(sum(t.amount), 0);
-- incoming
select a.id from accounts a left join transactions t on t.to_account = a.id group by a.id, a.incoming having a.incoming <> coalesce(sum(t.amount), 0);
-- balance
select id from accounts where balance <> opening + incoming - outgoing;
-- references of another form
select reference from transactions where reference is not null and not regexp_full_match(reference, 'INV-[1-9][0-9]{5}');
-- 40 % without reference
select avg((reference is null)::int) a from transactions having abs(a - 0.4) > 0.02;
-- ids twice
select id from transactions group by id having count(*) > 1;
-- cities in two of the four countries, but for namesakes
select city from customers group by city having count(distinct country) > 2;
-- large cities abroad
select country, city from customers where (city = 'Berlin' and country <> 'DE') or (city = 'London' and country <> 'GB') or (city = 'Chicago' and country <> 'US');
