-- VINs twice, or with letters that do not occur
select vin from vehicles group by vin having count(*) > 1 or not regexp_full_match(vin, '[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}');
-- VINs with a wrong check digit: values of the characters times the weights of the places, modulo 11
select vin from vehicles where vin[9] <> '0123456789X'[1 + list_sum([[8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2][i] * translate(vin[i], 'ABCDEFGHJKLMNPRSTUVWXYZ', '12345678123457923456789')::int for i in range(1, 18)])::int % 11];
-- one model, three makes
select model from vehicles group by model having count(distinct make) > 2;
-- electric vehicles before there were any, or too few later
select first_registered < date '2014-01-01' old, avg((fuel = 'electric')::int) e from vehicles group by old having if(old, e > 0, abs(e - 0.16) > 0.04);
-- electric vehicles with a combustion engine, or others without
select vin from vehicles where (fuel = 'electric') <> (engine_cc is null) or engine_cc not between 900 and 4000;
-- model years far from the registration
select vin from vehicles where model_year - year(first_registered) not between 0 and 1;
-- licences twice, or of another form
select licence from owners group by licence having count(*) > 1 or not regexp_full_match(licence, '[A-Z]\d{7}');
-- owners in a state with another postal code
select state, postcode from owners where (state = 'NY' and left(postcode, 1) not in ('0', '1')) or (state = 'CA' and left(postcode, 1) <> '9') or (state = 'IL' and left(postcode, 1) <> '6');
-- ownerships of no vehicle or nobody
select o.vin from ownerships o left join vehicles v using (vin) left join owners p on p.id = o.owner_id where v.vin is null or p.id is null;
-- vehicles without owner, or another number of them
select v.vin from vehicles v left join ownerships o on o.vin = v.vin group by v.vin, v.owners having v.owners <> count(o.vin) or max(number) <> count(*);
-- somebody owns a vehicle twice
select vin, owner_id from ownerships group by all having count(*) > 1;
-- gaps between two owners, or two at a time
select * from (select *, lead(from_date) over (partition by vin order by number) n from ownerships) where until_date is distinct from n or until_date < from_date;
-- first owners from another day than the registration
select o.vin from ownerships o join vehicles v using (vin) where number = 1 and from_date <> first_registered;
-- plates of another form
select plate from ownerships where not regexp_full_match(plate, '[A-HJ-NPR-Z]{3}-\d{4}');
-- prices that rise from one owner to the next
select * from (select *, lag(price) over (partition by vin order by number) b from ownerships) where price > b or price < 300;
-- inspections before the third year, at weekends or later than now
select i.vin from inspections i join vehicles v using (vin) where inspected_on < first_registered + interval 1065 days or isodow(inspected_on) > 5 or inspected_on > date '2025-06-01';
-- vehicles that have missed one by more than two months
select v.vin from vehicles v left join inspections i using (vin) group by v.vin, first_registered having first_registered < date '2022-03-01' and (max(number) is null or first_registered + to_years(3 + 2 * max(number)::int) < date '2025-04-01');
-- odometers that go back
select * from (select *, lag(odometer_km) over (partition by vin order by number) b from inspections) where odometer_km < b or odometer_km < 5000;
-- results that do not follow from the defects
select i.vin, i.number from inspections i left join defects d on d.vin = i.vin and d.inspection = i.number group by i.vin, i.number, result, i.grave, retest_by having i.grave <> count(*) filter (d.grave) or result <> case when i.grave > 0 then 'failed' when count(part) > 0 then 'minor defects' else 'passed' end or (retest_by is null) <> (i.grave = 0);
-- defects of no inspection, or a part twice
select d.vin, d.inspection, part from defects d left join inspections i on i.vin = d.vin and i.number = d.inspection group by all having count(*) > 1 or count(i.vin) = 0;
-- brakes no graver than lights
select (select avg(grave::int) from defects where part = 'brakes') b, (select avg(grave::int) from defects where part = 'lights') l where b < 2 * l;
