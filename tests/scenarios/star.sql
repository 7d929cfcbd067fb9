-- days of the year
select count(*), count(distinct day) from calendar having count(*) <> 366 or count(distinct day) <> 366;
-- calendar columns
select * from calendar where year <> year(day) or month <> month(day) or week <> week(day) or weekday <> isodow(day) or quarter <> 'Q' || quarter(day) or weekend <> (isodow(day) >= 6);
-- exact regions
select region, count(*) c from stores group by region having (region, c) not in (('north', 6), ('south', 3), ('west', 3));
-- every combination once
select count(*), count(distinct (day, store_id)) from takings having count(*) <> 366 * 12 or count(distinct (day, store_id)) <> 366 * 12;
-- parts that do not total
select t.day, t.store_id from takings t join sales s using (day, store_id) group by t.day, t.store_id, t.amount having t.amount <> sum(s.amount);
-- takings without sales
select * from takings anti join sales using (day, store_id);
-- lines
select day, store_id from sales group by all having max(line) <> count(*) or min(line) <> 1 or count(*) > 6;
-- negative parts
select * from sales where amount < 0;
-- derived table
select m.year, m.month, m.region from by_month m join (select c.month, s.region, sum(t.amount) a, count(*) n from takings t join calendar c using (day) join stores s on s.id = t.store_id group by all) x using (month, region) where m.amount <> x.a or m.store_days <> x.n;
-- derived rows
select count(*) from by_month having count(*) <> 36;
