-- free plans with more than one seat
select * from cases where plan = 'free' and seats <> 1;

-- transfers in other currencies
select * from cases where method = 'transfer' and currency <> 'EUR';

-- a pair of plan and method that is in no case
select p, m from (values ('free'), ('pro'), ('team')) a(p), (values ('card'), ('transfer'), ('wallet')) b(m)
where not exists (select 1 from cases where plan = p and method = m);

-- a pair of coupon and seats that is in no case
select c, s from (values (null), ('TEN'), ('HALF')) a(c), (values (1), (2), (49), (50)) b(s)
where not exists (select 1 from cases where coupon is not distinct from c and seats = s);

-- a currency that does not come with every plan
select plan from cases group by plan having count(distinct currency) < 3;

-- cases without as many members as seats
select c.id from cases c left join members m on m.case_id = c.id group by c.id, c.seats having count(m.number) <> c.seats;
