-- zones that are not the site's
select id from gateways where (site, zone) not in (('Gdansk', 'Europe/Warsaw'), ('Rotterdam', 'Europe/Amsterdam'), ('Valencia', 'Europe/Madrid'));
-- addresses twice, or public ones
select ip from gateways group by ip having count(*) > 1 or not regexp_full_match(ip, '(10|172|192)(\.\d{1,3}){3}');
-- machines named after another kind
select id from machines where left(id, 2) <> left(kind::varchar, 2);
-- machines of no gateway
select * from machines m anti join gateways g on g.id = m.gateway_id;
-- a message too few or too many: 48 a day for a week
select m.id from machines m left join telemetry t on t.machine_id = m.id group by m.id, m.messages having count(t.id) <> 7 * 48 or m.messages <> count(t.id);
-- messages in the folder of another day
select id from telemetry where day <> tick::date;
-- identifiers that are no ULID, come twice, or do not begin with their time
select id from telemetry group by id, sent_at having count(*) > 1 or not regexp_full_match(id, '[0-7][0-9A-HJKMNP-TV-Z]{25}');
-- identifiers that do not sort by their time
select a from (select id a, lead(id) over (order by sent_at, id) b, sent_at s, lead(sent_at) over (order by sent_at, id) t from telemetry) where a >= b and date_trunc('millisecond', s) < date_trunc('millisecond', t);
-- received before it was sent, or sent long after the tick
select id from telemetry where received_at < sent_at or sent_at - tick not between interval 0 second and interval 20 second;
-- machines that stand still and turn or shake
select id from telemetry where not running and (rpm <> 0 or vibration <> 0 or load <> 0) or running and (rpm = 0 or vibration = 0);
-- busy weekends: days by the clocks of the site
select avg(running::int) filter (isodow(day) > 5) w, avg(running::int) filter (isodow(day) <= 5) d from telemetry having w > 0.15 or d < 0.6;
-- machines without a night shift that run at night
select t.id from telemetry t join machines m on m.id = t.machine_id where not m.night and running and hour(tick) between 21 and 23 and isodow(day) < 5;
-- payloads that say something else than the columns
select id from telemetry where payload.state <> case when running then 'run' else 'idle' end or payload.values.rpm <> rpm or payload.values.temp_c is distinct from temperature or payload.values.vib_mm_s <> vibration;
-- firmware that the gateway does not have
select t.id from telemetry t join machines m on m.id = t.machine_id join gateways g on g.id = m.gateway_id where t.payload.firmware <> g.firmware;
-- share of temperatures that got lost
select avg((temperature is null)::int) a from telemetry having a not between 0.002 and 0.006;
-- pumps as hot as compressors
select avg(temperature) filter (kind = 'pump') p, avg(temperature) filter (kind = 'compressor') c from telemetry join machines m on m.id = machine_id where running having c - p not between 14 and 24;
-- wear that does not show in the vibration
select corr(wear, v) c from (select wear, avg(vibration / t.rpm) v from telemetry t join machines m on m.id = machine_id where running and kind = 'pump' group by m.id, wear) having c < 0.7;
-- alarms of machines that stand still
select a.id from alarms a join telemetry t on t.id = a.telemetry_id where not t.running;
-- two alarms of a message, or counted otherwise
select t.id from telemetry t left join alarms a on a.telemetry_id = t.id group by t.id, t.alarms having count(a.id) > 1 or count(a.id) <> t.alarms;
-- alarms before their message, or seen before they were raised
select a.id from alarms a join telemetry t on t.id = a.telemetry_id where raised_at <= received_at or seen_at < raised_at or (seen_at is null) <> (seen_by is null);
-- critical alarms that shook less than a warning of the same kind
select kind from alarms a join telemetry t on t.id = telemetry_id join machines m on m.id = machine_id group by kind having min(vibration) filter (severity = 'critical') < max(vibration) filter (severity = 'warning') - 0.02;
-- no alarms, or more than one message in twenty
select (select count(*) from alarms) / count(*) a from telemetry having a not between 0.001 and 0.05;
