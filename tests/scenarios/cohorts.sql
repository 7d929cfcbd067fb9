-- months in which not as many signed up as planned
select s.month from read_csv('examples/cohorts/signups.csv', types = {'month': 'varchar'}) s full join (select strftime(signed_up, '%Y-%m') as month, count(*) as n from members group by 1) m using (month) where s.count is distinct from m.n;
-- cohorts of which not as many are there in a month of their life as planned
with size as (select strftime(signed_up, '%Y-%m') as month, count(*) as n from members group by 1),
there as (select strftime(m.signed_up, '%Y-%m') as month, a.period, count(*) as n from activity a join members m on m.id = a.member_id group by 1, 2)
select r.month, r.period from read_csv('examples/cohorts/retention.csv', types = {'month': 'varchar', 'share': 'varchar'}) r join size using (month) full join there using (month, period) where coalesce(there.n, 0) is distinct from floor(size.n * rtrim(r.share, '%')::decimal(6, 2) / 100 + 0.5);
-- somebody who is there in a month and was not in the month before
select a.member_id from activity a anti join activity b on b.member_id = a.member_id and b.period = a.period - 1 where a.period > 0;
-- activity in the future
select member_id from activity where month >= date '2025-01-01';
-- months and countries with other payments than the books, to the cent
select b.month, b.country from read_csv('examples/cohorts/revenue.csv', types = {'month': 'varchar', 'amount': 'decimal(12,2)'}) b full join (select strftime(paid_at, '%Y-%m') as month, country, sum(amount) as amount from payments group by 1, 2) p using (month, country) where b.amount is distinct from p.amount;
-- countries with other shares of refunds
select country from payments group by country having count(*) filter (status = 'refunded') <> floor(count(*) * case country when 'US' then 0.03 when 'DE' then 0.0525 else 0.02 end + 0.5);
-- amounts that nobody pays
select id from payments where amount not between 0.5 and 400;
-- amounts that lost their shape: half of them are small, few are large
select median(amount) from payments having median(amount) not between 3 and 40 or max(amount) < 4 * median(amount);
