-- trips of nobody
select * from trips t anti join riders r on r.id = t.rider_id;
select * from trips t anti join drivers d on d.id = t.driver_id;
-- plates twice, or of another form
select plate from drivers group by plate having count(*) > 1 or not regexp_full_match(plate, 'B-[A-Z]{2} \d{4}');
-- another class than the car's
select t.id from trips t join drivers d on d.id = t.driver_id where t.class <> d.class;
-- ordered before the rider joined
select t.id from trips t join riders r on r.id = t.rider_id where t.requested_at < r.joined_on;
-- keys that do not come with the time
select id from trips group by id having count(*) > 1;
-- times out of order
select id from trips where not coalesce(requested_at < accepted_at, true) or not coalesce(accepted_at < picked_up_at, true) or not coalesce(picked_up_at < dropped_off_at, true);
-- states that disagree with the times
select id from trips where (status = 'completed') <> (dropped_off_at is not null) or (status = 'completed') <> (picked_up_at is not null) or (status = 'cancelled_by_rider') <> (accepted_at is null);
-- share of completed trips
select avg((status = 'completed')::int) a from trips having abs(a - 0.88) > 0.01;
-- places that are not in their zone, to the metre
with z as (select * from (values ('Mitte', 52.52, 13.405, 1800), ('Kreuzberg', 52.4986, 13.403, 1900), ('Charlottenburg', 52.505, 13.304, 2300), ('Prenzlauer Berg', 52.539, 13.424, 1800), ('Neukoelln', 52.473, 13.442, 2200), ('Spandau', 52.535, 13.199, 2800), ('Airport', 52.3667, 13.5033, 900)) t(name, lat, lon, r))
select t.id from trips t join z on z.name = t.from_zone where 6371008.8 * 2 * asin(sqrt(power(sin(radians(from_latitude - lat) / 2), 2) + cos(radians(lat)) * cos(radians(from_latitude)) * power(sin(radians(from_longitude - lon) / 2), 2))) > r + 1;
-- share of the busiest zone
select avg((from_zone = 'Mitte')::int) a from trips having abs(a - 0.3) > 0.02;
-- ways shorter than the straight line
select id from trips where km < 6371.0088 * 2 * asin(sqrt(power(sin(radians(from_latitude - to_latitude) / 2), 2) + cos(radians(to_latitude)) * cos(radians(from_latitude)) * power(sin(radians(from_longitude - to_longitude) / 2), 2)));
-- speeds that nobody drives
select id, v from (select id, km / (epoch(dropped_off_at - picked_up_at) / 3600) v from trips where status = 'completed') where v not between 2 and 50;
-- surge that is too high, or in the quiet hours as in the rush
select id from trips where surge not between 1 and 3;
select avg(surge) filter (hour(requested_at) in (15, 16)) r, avg(surge) filter (hour(requested_at) between 9 and 11) q from trips where isodow(requested_at) <= 5 having r < q + 0.3;
-- fares without a trip, trips without fare, less than the minimum
select id from trips where (fare = 0) <> (status in ('cancelled_by_rider', 'cancelled_by_driver')) or (fare < 5 and fare > 0) or (status = 'no_show' and fare <> 5);
-- money that gets lost between rider, driver and platform
select id from trips where fee + payout <> fare + tip or abs(fee - fare / 4) > 0.006;
-- tips or stars without a trip, stars of another scale
select id from trips where status <> 'completed' and (tip > 0 or stars is not null) or stars not between 1 and 5;
-- share of trips without stars
select avg((stars is null)::int) a from trips where status = 'completed' having abs(a - 0.17) > 0.02;
-- drivers' ratings and trips counted otherwise
select d.id from drivers d left join trips t on t.driver_id = d.id group by d.id, d.trips, d.rating having d.trips <> count(t.id) or abs(d.rating - avg(t.stars)) > 0.0051 or (d.rating is null) <> (avg(t.stars) is null);
-- what riders spent
select r.id from riders r left join trips t on t.rider_id = r.id group by r.id, r.spent having r.spent <> coalesce(sum(t.fare), 0);
-- ways that do not begin and end where the trip does
select id from trips where way is not null and (way->>'$.type' <> 'LineString' or abs((way->>'$.coordinates[0][0]')::double - from_longitude) > 1e-5 or abs((way->>'$.coordinates[1][1]')::double - to_latitude) > 1e-5);
-- payouts that do not add up
select sum(payout) p from payouts having p <> (select sum(payout) from trips where fare > 0);
