-- roots
select count(*) from employees where manager_id is null having count(*) = 0;
-- managers that came later
select id from employees where manager_id >= id;
-- depth
select e.id from employees e left join employees m on m.id = e.manager_id where e.depth <> coalesce(m.depth + 1, 0);
-- reports
select m.id from employees m left join employees e on e.manager_id = m.id group by m.id, m.reports having m.reports <> count(e.id);
-- levels and years
select id from employees where (level = 'junior' and years not between 0 and 2) or (level = 'lead' and years not between 8 and 30);
-- roles of another department
select e.id from employees e join departments d on d.id = e.department_id where (d.name = 'sales') <> (e.role in ('sales director', 'account manager', 'sales representative'));
-- leads of sales
select e.id from employees e join departments d on d.id = e.department_id where d.name = 'sales' and (level = 'lead') <> (role = 'sales director');
-- budgets
select d.id from departments d left join employees e on e.department_id = d.id group by d.id, d.budget having d.budget <> coalesce(sum(e.salary), 0);
-- salaries out of bounds
select salary from employees where salary not between 25000 and 400000;
-- hired after today
select id from employees where hired_on > date '2025-05-31';
-- not every combination once
select count(*) from sessions having count(*) <> 4 * 12 * 4;
-- a combination twice
select department_id, training_code, year from sessions group by all having count(*) > 1;
-- held in another year
select * from sessions where year(held_on) <> year;
