-- pairs of carrier and destination that nobody serves
select distinct carrier, service, destination from shipments where (carrier, service, destination) not in (('DHL', 'Paket', 'DE'), ('DHL', 'Express', 'US'), ('DPD', 'Classic', 'DE'), ('DPD', 'Classic', 'FR'), ('DPD', 'Classic', 'NL'), ('GLS', 'Business', 'AT'), ('GLS', 'Business', 'PL'), ('UPS', 'Standard', 'GB'), ('UPS', 'Expedited', 'US'), ('PostNL', 'Pakket', 'NL'), ('Colissimo', 'Domicile', 'FR'));
-- pairs that never occur
select count(distinct (carrier, service, destination)) n from shipments having n <> 11;
-- shares far from the weights of the file
select avg((carrier = 'DHL')::int) a from shipments having abs(a - 0.33) > 0.03;
-- tracking numbers twice, or of another form
select tracking_number from shipments group by tracking_number having count(*) > 1 or not regexp_full_match(tracking_number, '(JD|DP|GL|1Z|3S|6A)-\d{8}-[A-Z]{2}');
-- tracking numbers of another carrier or country
select carrier, destination, tracking_number from shipments where left(tracking_number, 2) <> prefix or right(tracking_number, 2) <> destination;
-- prices that are not the tariff's
select id from shipments where abs(price - (base + per_kg * weight_kg)) > 0.00501;
-- weights that no carrier takes
select weight_kg from shipments where weight_kg not between 0.05 and 31.5;
-- small parcels and large ones far from 85 to 15
select avg((weight_kg > 6)::int) a from shipments having a not between 0.15 and 0.19;
-- distances that do not fit the coordinates: by the cosine rule, in whole kilometres
select s.id from shipments s join warehouses w on w.id = warehouse_id where abs(distance_km - 6371.0088 * acos(least(1, sin(radians(w.latitude)) * sin(radians(s.latitude)) + cos(radians(w.latitude)) * cos(radians(s.latitude)) * cos(radians(w.longitude - s.longitude))))) > 0.5;
-- routes that do not begin at the warehouse and end at the recipient, longitude first
select s.id from shipments s join warehouses w on w.id = warehouse_id where route->>'$.type' <> 'LineString' or abs((route->>'$.coordinates[0][0]')::double - w.longitude) > 1e-6 or abs((route->>'$.coordinates[1][1]')::double - s.latitude) > 1e-6;
-- warehouses abroad
select city from warehouses where latitude not between 47 and 55.2 or longitude not between 5.8 and 15.1;
-- one city in two time zones
select destination, city, postcode from shipments group by all having count(distinct time_zone) > 1;
-- delivered without the time of it, or the other way, or in the future
select id from shipments where (status = 'delivered') <> (delivered_at is not null) or delivered_at > timestamptz '2025-06-01 00:00:00+00';
-- punctuality that does not follow from the days that were planned
select id from shipments where on_time is distinct from (delivered_at <= booked_at + to_days(planned_days::int) + interval 1 day);
-- far from most on time
select avg(on_time::int) a from shipments having a not between 0.8 and 0.99;
-- parcels under way for a month
select id from shipments where status = 'in_transit' and booked_at < timestamptz '2025-05-01 00:00:00+00';
-- lost and returned parcels far from their shares
select avg((status = 'returned')::int) r, avg((status = 'lost')::int) l from shipments having r not between 0.015 and 0.035 or l not between 0.004 and 0.016;
-- events without parcel, or parcels without event
select * from events e full join shipments s on s.id = e.shipment_id where e.number is null or s.id is null;
-- events with holes, out of order, or told before they happen
select * from (select *, lag(happened_at) over (partition by shipment_id order by number) b, lag(number, 1, 0) over (partition by shipment_id order by number) n from events) where happened_at < b or number <> n + 1 or happened_at > timestamptz '2025-06-01 00:00:00+00';
-- a last event that is not that of the status
select s.id, status, max(number) from shipments s join events e on e.shipment_id = s.id group by all having case status when 'delivered' then max(number) <> 5 or arg_max(event, number) <> 'delivered' when 'returned' then max(number) <> 5 when 'created' then max(number) <> 1 else max(number) > 4 end;
-- delivered at another time than the last event, or elsewhere
select s.id from shipments s join events e on e.shipment_id = s.id and e.number = 5 where delivered_at <> happened_at or e.place <> s.city;
