-- sites of the file
select count(*) from sites having count(*) <> 5;
-- units that do not belong to the quantity
select id from sensors where (quantity, unit) not in (('temperature', 'degC'), ('humidity', '%'), ('pressure', 'hPa'));
-- serial numbers twice, or with another letter than their quantity's
select serial from sensors group by serial, quantity having count(*) > 1 or left(serial, 1) <> upper(left(quantity::varchar, 1)) or not regexp_full_match(serial, '[THP]\d{5}');
-- sensors without calibrations, or with more than four
select s.id from sensors s left join calibrations c on c.sensor_id = s.id group by s.id having count(c.number) not between 1 and 4;
-- the last check is not the latest calibration, or the correction is not that one's
select s.id from sensors s where last_check <> (select max(done_on) from calibrations where sensor_id = s.id) or correction <> (select arg_max(correction, done_on) from calibrations where sensor_id = s.id);
-- calibrations out of order, before the sensor, or on a weekend
select c.sensor_id from calibrations c join sensors s on s.id = c.sensor_id where c.done_on <= s.installed_on or isodow(c.done_on) > 5;
select a.sensor_id from calibrations a join calibrations b on a.sensor_id = b.sensor_id and b.number = a.number + 1 where b.done_on <= a.done_on;
-- calibrations in the time of the readings, where the correction would change
select * from calibrations where done_on >= date '2025-03-03';
-- readings that are not on the grid, or twice
select sensor_id, "at" from readings group by all having count(*) > 1 or epoch("at")::bigint % 900 <> 0;
-- sensors without all 14 days of 96 readings
select s.id from sensors s left join readings r on r.sensor_id = s.id group by s.id having count(r."at") <> 14 * 96;
-- quality that disagrees with the value
select sensor_id from readings where (quality = 'missing') <> (value is null) or (raw is null) <> (value is null);
-- values that are not the corrected raw ones
select r.sensor_id from readings r join sensors s on s.id = r.sensor_id where abs(r.value - r.raw - s.correction) > 0.006;
-- humidity out of its range, pressures of another planet
select sensor_id from readings r join sensors s on s.id = r.sensor_id where r.quality = 'good' and ((s.quantity = 'humidity' and r.value not between 20 and 100) or (s.quantity = 'pressure' and r.value not between 960 and 1060));
-- share of suspect readings
select avg((quality = 'suspect')::int) a from readings having a not between 0.001 and 0.004;
-- gaps that do not come in blocks: most missing readings have a missing neighbour
select avg((p = 'missing' or n = 'missing')::int) a from (select quality, lag(quality) over w p, lead(quality) over w n from readings window w as (partition by sensor_id order by "at")) where quality = 'missing' having a < 0.5;
-- temperatures that are not warmer in the afternoon than before dawn
select sensor_id from readings join sensors on id = sensor_id where quantity = 'temperature' and quality = 'good' group by sensor_id having avg(value) filter (hour("at") = 14) - avg(value) filter (hour("at") = 2) not between 7 and 11;
-- neighbouring readings that jump: noise is small beside the shape
select sensor_id, quality from (select sensor_id, quality, abs(value - lag(value) over (partition by sensor_id order by "at")) / accuracy as jump, lag(quality) over (partition by sensor_id order by "at") as before from readings join sensors on id = sensor_id) where quality = 'good' and before = 'good' and jump > 9;
-- two sensors of one site and quantity that do not see the same weather
select a.sensor_id, b.sensor_id from readings a join readings b on a."at" = b."at" and a.sensor_id < b.sensor_id join sensors s on s.id = a.sensor_id join sensors t on t.id = b.sensor_id where s.site_code = t.site_code and s.quantity = t.quantity and a.quality = 'good' and b.quality = 'good' group by all having corr(a.value, b.value) < 0.9;
-- the daily table counts other readings
select sum(readings) n from daily having n <> (select count(*) from readings where quality = 'good');
