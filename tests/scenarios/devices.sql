-- models of the file
select count(*) from models having count(*) <> 8;
-- six to fourteen releases of each model
select code from models left join firmware on model_code = code group by code having count(firmware.id) not between 6 and 14;
-- versions that do not follow their numbers
select version from firmware where not starts_with(version, (1 + number // 5)::varchar || '.' || (number % 5)::varchar || '.');
-- a release older than the one before it by more than the overlap
select a.id from firmware a join firmware b on a.model_code = b.model_code and b.number = a.number + 2 where b.released_on <= a.released_on;
-- releases in the future
select id from firmware where released_on > date '2025-06-01';
-- firmware that does not fit into the flash
select f.id from firmware f join models m on m.code = f.model_code where f.size_kb > m.flash_kb;
-- digests of another form, or twice
select sha256 from firmware group by sha256 having count(*) > 1 or not regexp_full_match(sha256, '[0-9a-f]{64}');
-- serial numbers twice, or of another maker
select serial from devices group by serial having count(*) > 1;
-- serial numbers without the maker's letters
select serial from devices d join models m on m.code = d.model_code where not regexp_full_match(serial, m.prefix || '\d\d[A-HJ-NP-Z]{2}\d{6}');
-- addresses that are no MAC, or that belong to a maker
select mac from devices where not regexp_full_match(mac, '[0-9a-f][26ae](:[0-9a-f]{2}){5}');
-- IMEI only for what has a modem
select d.id from devices d join models m on m.code = d.model_code where (m.radio = 'LTE-M') <> (imei is not null);
-- IMEI whose check digit is wrong
select imei from devices where imei is not null and (select sum(case when i % 2 = 0 then (2 * d) // 10 + (2 * d) % 10 else d end) from (select i, substr(imei, i::int, 1)::int d from range(1, 16) t(i))) % 10 <> 0;
-- firmware of another model, or that was not out when the device was made
select d.id from devices d join firmware f on f.id = d.shipped_with where f.model_code <> d.model_code or f.released_on > d.made_on;
-- dates out of order
select d.id from devices d join models m on m.code = d.model_code where not (m.launched <= made_on and made_on < sold_on and sold_on <= activated_at::date and activated_at <= last_seen and last_seen <= timestamptz '2025-06-01');
-- states that disagree with the failure
select id from devices where (state = 'active') <> (failed_at is null) or (failed_at is not null and last_seen <> failed_at);
-- share that has failed
select avg((failed_at is not null)::int) a from devices having a not between 0.04 and 0.25;
-- batteries of what hangs on the mains
select d.id from devices d join models m on m.code = d.model_code where m.power = 'mains' and d.battery is not null;
-- places by country: coordinates that are elsewhere
select id from devices where (country_code = 'DE' and not (latitude between 47 and 55.1 and longitude between 5.8 and 15.1)) or (country_code = 'JP' and not (latitude between 24 and 46 and longitude between 122 and 146)) or (country_code = 'US' and longitude > -60);
-- updates of broken devices, to the firmware of another model, or backwards
select u.id from updates u join devices d on d.id = u.device_id join firmware f on f.id = u.firmware_id join firmware s on s.id = d.shipped_with where d.state <> 'active' or f.model_code <> d.model_code or f.number < s.number;
-- updates before the release or the activation
select u.id from updates u join devices d on d.id = u.device_id join firmware f on f.id = u.firmware_id where u.started_at < d.activated_at or u.started_at::date < f.released_on;
-- outcome, error and time that disagree
select id from updates where (outcome = 'installed') <> (error is null) or (outcome = 'installed') <> (took is not null);
-- share of updates that work
select avg((outcome = 'installed')::int) a from updates having abs(a - 0.94) > 0.01;
-- devices counted per firmware
select f.id from firmware f left join devices d on d.shipped_with = f.id group by f.id, f.shipped having f.shipped <> count(d.id);
