-- visits of nobody, without a doctor or a condition
select v.id from visits v left join patients p on p.id = patient_id left join doctors d on d.id = doctor_id left join conditions c on c.code = condition where p.id is null or d.id is null or c.code is null;
-- doctors of another specialty than the condition's
select v.id from visits v join doctors d on d.id = doctor_id join conditions c on c.code = condition where d.specialty <> c.specialty;
-- treatments that are not those of the condition
select v.id from visits v join conditions c on c.code = condition where v.treatment <> c.treatment;
-- conditions that do not occur at this age, or in this sex
select v.id from visits v join patients p on p.id = patient_id join conditions c on c.code = condition where age not between from_age and to_age or (c.sex <> 'any' and c.sex <> p.sex);
-- ages that do not follow from birth and visit
select v.id from visits v join patients p on p.id = patient_id where age <> year(starts_at) - year(born) - (strftime(starts_at, '%m%d') < strftime(born, '%m%d'))::int;
-- conditions out of proportion: a cold is about twice as common as bronchitis
select count(*) filter (condition = 'J06.9') / count(*) filter (condition = 'J20.9') r from visits having r not between 1.9 and 2.7;
-- visits at weekends, by night, or off the ten minutes
select starts_at from visits where isodow(starts_at) > 5 or hour(starts_at) not between 5 and 20 or minute(starts_at) % 10 <> 0 or second(starts_at) <> 0;
-- counts that are not those of the visits
select p.id from patients p left join visits v on v.patient_id = p.id group by p.id, p.visits having p.visits <> count(v.id);
-- visits before birth
select v.id from visits v join patients p on p.id = patient_id where starts_at::date < born;
-- record numbers twice, or of another form
select record_number from patients group by all having count(*) > 1 or not regexp_full_match(record_number, 'MRN-\d{7}');
-- blood types far from their shares
select avg((blood_type = 'O+')::int) o, avg((blood_type = 'A+')::int) a from patients having abs(o - 0.37) > 0.04 or abs(a - 0.36) > 0.04;
-- grown men no taller than women, or heights unknown too often
select (select avg(height_cm) from patients where sex = 'male' and born < date '2000-01-01') m, (select avg(height_cm) from patients where sex = 'female' and born < date '2000-01-01') f, (select avg((height_cm is null)::int) from patients) n where m - f not between 10 and 16 or abs(n - 0.15) > 0.03;
-- patients who are allergic to one thing twice
select allergies from patients where len(allergies) > 2 or len(list_distinct(allergies)) <> len(allergies);
-- no fever with infections, or fever with a bad back
select (select avg(temperature_c) from visits where condition = 'J06.9') i, (select avg(temperature_c) from visits where condition = 'M54.5') b where i < 37.7 or b > 36.9;
-- pressures of the heart at rest that exceed those at work, or one without the other
select systolic, diastolic from visits where diastolic >= systolic or (systolic is null) <> (diastolic is null);
-- pressures of small children measured as often as others
select (select avg((systolic is null)::int) from visits where age < 12) c, (select avg((systolic is null)::int) from visits where age >= 12) a where abs(c - 0.9) > 0.04 or abs(a - 0.12) > 0.02;
-- hypertension without high pressure
select avg(systolic) a from visits where condition = 'I10' having a not between 144 and 152;
-- follow-ups that nobody needs, at weekends, or not when they are due
select v.id from visits v join conditions c on c.code = condition where (follow_up_on is not null) <> (c.days > 0 and outcome <> 'resolved') or isodow(follow_up_on) > 5 or follow_up_on - starts_at::date - c.days not between 0 and 2;
-- prescriptions where there is no medicine, of another one, twice, or dispensed before the visit
select r.visit_id from prescriptions r join visits v on v.id = visit_id join conditions c on c.code = condition group by r.visit_id having count(*) > 1 or bool_or(c.medication is null or c.medication = '' or r.medication <> c.medication or dispensed_at < starts_at);
-- tests in acute cases, or twice in a visit
select l.visit_id, test from labs l join visits v on v.id = visit_id join conditions c on c.code = condition group by all having count(*) > 1 or bool_or(c.kind = 'acute');
-- flags that do not follow from the range
select * from labs where flag <> case when value < low then 'low' when value > high then 'high' else 'normal' end;
-- diabetics with the sugar of others
select avg(value) a from labs join visits v on v.id = visit_id where test = 'HbA1c' group by condition = 'E11.9' having if(condition = 'E11.9', a not between 7.3 and 7.9, a not between 5.2 and 5.4);
