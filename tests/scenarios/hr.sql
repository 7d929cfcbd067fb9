-- more than one head, or an organisation that does not hang together
with recursive reached as (select id from positions where reports_to is null union all select p.id from positions p join reached r on p.reports_to = r.id)
select (select count(*) from reached) n, count(*) filter (reports_to is null) heads from positions having n <> count(*) or heads <> 1;
-- spans of control that are too wide, or counted otherwise
select p.id from positions p left join positions c on c.reports_to = p.id group by p.id, p.span having p.span <> count(c.id) or p.span > 7;
-- levels that are not one below the boss's, as far as there are levels
select p.id from positions p join positions b on b.id = p.reports_to where p.level <> least(5, b.level + 1);
-- a boss in another department below the second level
select p.id from positions p join positions b on b.id = p.reports_to where b.level > 1 and p.department_code <> b.department_code;
-- titles of another level
select p.title from positions p join levels l using (level) where p.title <> l.title and not starts_with(p.title, l.title || ', ');
-- departments without positions
select code from departments d anti join positions p on p.department_code = d.code;
-- positions without holder, or with more than three
select p.id from positions p left join employees e on e.position_id = p.id group by p.id having count(e.id) not between 1 and 3;
-- two people in one position at a time
select a.id, b.id from employees a join employees b on a.position_id = b.position_id and a.id < b.id where a.left_on is null or a.left_on > b.hired_on;
-- vacant and held, or held and vacant
select p.id from positions p join employees e on e.position_id = p.id group by p.id, p.vacant having p.vacant <> (count(*) filter (left_on is null) = 0) or count(*) filter (left_on is null) > 1;
-- share of vacant positions
select avg(vacant::int) a from positions having a not between 0.015 and 0.07;
-- hired on a weekend, or left before
select id from employees where isodow(hired_on) > 5 or left_on <= hired_on;
-- left without a reason, a reason without leaving
select id from employees where (left_on is null) <> (reason is null);
-- retired young
select id from employees where reason = 'retired' and datediff('day', born, left_on) < 60 * 365;
-- hired as a child
select id from employees where datediff('day', born, hired_on) < 18 * 365;
-- addresses twice, or of another form
select email from employees group by email having count(*) > 1 or not regexp_full_match(email, '[a-z-]+\.[a-z-]+\d+@corp\.example\.com');
-- a salary that is not the latest one
select e.id from employees e join salaries s on s.employee_id = e.id group by e.id, e.salary having e.salary <> arg_max(s.amount, s.valid_from);
-- salaries after leaving, before the hire, or that fall
select e.id from salaries s join employees e on e.id = s.employee_id where s.valid_from < e.hired_on or s.valid_from > coalesce(e.left_on, date '2025-06-01');
select employee_id from (select employee_id, amount, lag(amount) over (partition by employee_id order by number) as before from salaries) where amount < before;
-- pay that is not the level's
select e.id from salaries s join employees e on e.id = s.employee_id join positions p on p.id = e.position_id join levels l using (level) where number = 0 and amount / e.full_time not between l.base_salary * 0.8 and l.base_salary * 1.2;
-- absent before the hire or after leaving
select a.id from absences a join employees e on e.id = a.employee_id where a.starts_on < e.hired_on or a.starts_on > e.left_on;
-- long illnesses of everybody: half of the sick days are few
select median(days) m from absences where kind = 'sick' having m not between 1 and 4;
-- headcount that joiners and leavers do not explain
select month from (select *, lag(people) over (order by month) as before from headcount) where people <> before + joiners - leavers;
-- headcount of the last month
select people from headcount where month = date '2025-05-01' and people <> (select count(*) from employees where hired_on <= date '2025-05-31' and (left_on is null or left_on > date '2025-05-31'));
