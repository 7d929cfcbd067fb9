-- enrolled in another faculty's course
select * from enrolments e join students s on s.id = e.student_id join courses c on c.code = e.course_code where s.faculty_id <> c.faculty_id;
-- a course twice
select student_id, course_code from enrolments group by all having count(*) > 1;
-- three to ten courses
select s.id from students s left join enrolments e on e.student_id = s.id group by s.id having count(e.student_id) not between 3 and 10;
-- credits
select s.id from students s left join enrolments e on e.student_id = s.id group by s.id, s.credits having s.credits <> coalesce(sum(e.credits) filter (e.passed), 0);
-- grades out of bounds
select grade from enrolments where grade not between 1 and 10;
-- passed
select * from enrolments where passed <> coalesce(grade >= 5.5, false);
-- null rate depends on attendance
select avg((grade is null)::int) a from enrolments where attended < 40 having abs(a - 0.6) > 0.1;
-- null rate of the others
select avg((grade is null)::int) a from enrolments where attended >= 40 having abs(a - 0.03) > 0.01;
-- matriculation numbers twice or of another form
select matric from students group by matric having count(*) > 1 or not regexp_full_match(matric, 'M20\d\d-\d{5}');
-- offices: one to one
select count(*), count(distinct lecturer_id) from offices having count(*) <> 150 or count(distinct lecturer_id) <> 150;
-- offices of nobody
select * from offices o anti join lecturers l on l.id = o.lecturer_id;
-- course codes
select code from courses group by code having count(*) > 1 or not regexp_full_match(code, '[A-Z]{3}-[1-4]\d\d');
