-- a share of rows that is far from what the variant says
select kind, count(*) as n from guests where kind in ('odd_names', 'limits') group by kind having n not between (case kind when 'odd_names' then 60 else 20 end) and (case kind when 'odd_names' then 145 else 65 end);
-- former guests, who are older than 70 and of whom nothing is remarked
select id from guests where kind = 'former' and (age <= 70 or remarks is not null);
-- rows at a limit that are not at one: 18, 19, 119 or 120 years, no child or nine
select id from guests where kind = 'limits' and (age not in (18, 19, 119, 120) or children not in (0, 9));
-- names and remarks that are as long as can be are that long
select id from guests where kind = 'limits' and (length(name) <> 40 or length(remarks) <> 200);
-- bounds and checks that variants keep, too
select id from guests where age not between 18 and 120 or children not between 0 and 9 or length(name) > 40 or length(remarks) > 200 or (children > 0 and age < 20);
-- kinds that no variant has
select id from guests where kind not in ('odd_names', 'limits', 'former');
-- the ten stays over the leap day
select count(*) as n from stays where arrival = date '2024-02-29' and leaving = date '2024-03-01' and price in (20, 20.01, 4999.99, 5000) having n < 10;
-- stays that end before they begin, or cost what none may
select id from stays where leaving <= arrival or price not between 20 and 5000;
-- stays of nobody that are known to be of somebody
select s.id from stays s left join guests g on g.id = s.guest_id where s.guest_id is not null and g.id is null;
-- addresses that two guests share
select email from guests group by 1 having count(*) > 1;
