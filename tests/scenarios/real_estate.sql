-- homes outside their quarter: more than its radius from its centre
select id from properties where 6371008.8 * 2 * asin(sqrt(power(sin(radians(latitude - centre_lat) / 2), 2) + cos(radians(latitude)) * cos(radians(centre_lat)) * power(sin(radians(longitude - centre_lon) / 2), 2))) > radius_m + 1;
-- homes heaped at the centre: half the radius has a quarter of the area
select avg((6371008.8 * 2 * asin(sqrt(power(sin(radians(latitude - centre_lat) / 2), 2) + cos(radians(latitude)) * cos(radians(centre_lat)) * power(sin(radians(longitude - centre_lon) / 2), 2))) < radius_m / 2)::int) a from properties having abs(a - 0.25) > 0.03;
-- quarters of another city
select quarter from properties group by quarter having count(distinct city) > 1;
-- points that are not the coordinates, longitude first
select id from properties where location->>'$.type' <> 'Point' or abs((location->>'$.coordinates[0]')::double - longitude) > 1e-6 or abs((location->>'$.coordinates[1]')::double - latitude) > 1e-6;
-- geohashes of another region: Berlin u33, Hamburg u1x, Leipzig u30 and u31, München u28
select distinct city, left(cell, 3) from properties where length(cell) <> 7 or left(cell, 2) not in ('u3', 'u1', 'u2') or (city = 'Berlin' and left(cell, 3) <> 'u33') or (city = 'München' and left(cell, 3) <> 'u28');
-- lots of flats, or houses without
select id from properties where (kind in ('house', 'villa')) <> (lot is not null) or (lot_m2 is null) <> (lot is null);
-- lots that are not closed rings of four corners
select id from properties where lot is not null and (lot->>'$.type' <> 'Polygon' or json_array_length(lot, '$.coordinates[0]') <> 5 or lot->>'$.coordinates[0][0]' <> lot->>'$.coordinates[0][4]');
-- lots of another size: the box of their corners, in square metres
select id, lot_m2, a from (select *, ((lot->>'$.coordinates[0][1][0]')::double - (lot->>'$.coordinates[0][0][0]')::double) * cos(radians(latitude)) * ((lot->>'$.coordinates[0][2][1]')::double - (lot->>'$.coordinates[0][1][1]')::double) * 111195.08 * 111195.08 a from properties where lot is not null) where abs(a / lot_m2 - 1) > 0.05;
-- areas and rooms that nobody builds
select area_m2, rooms from properties where area_m2 not between 18 and 600 or rooms not between 1 and 14 or rooms > area_m2 / 26 + 2.5;
-- new homes with a bad energy class, or old ones with a good one
select built, energy from properties where built not between 1880 and 2024 or (built >= 2002 and energy > 'C') or (built < 1980 and energy < 'D');
-- villas no larger than flats
select (select median(area_m2) from properties where kind = 'villa') v, (select median(area_m2) from properties where kind = 'flat') f where v < 2.5 * f;
-- listings of nothing or nobody, or a home listed twice
select l.property_id from listings l left join properties p on p.id = property_id left join agents a on a.id = agent_id group by l.property_id having count(*) > 1 or count(p.id) = 0 or count(a.id) = 0;
-- share of homes on the market far from 80 %
select (select count(*) from listings) / (select count(*) from properties) a where abs(a - 0.8) > 0.03;
-- listed at a weekend
select id from listings where isodow(listed_on) > 5;
-- ended without an end, before the beginning, or later than now
select id from listings where (status in ('closed', 'withdrawn')) <> (ended_on is not null) or ended_on < listed_on + 10 or ended_on > date '2025-06-01';
-- sold for less than a third of the usual price of the quarter, or more than thrice
select l.id from listings l join properties p on p.id = property_id where first_price / (area_m2 * if(offer = 'sale', price_m2, rent_m2)) not between 0.33 and 3;
-- München no dearer than Leipzig
select (select median(first_price / area_m2) from listings l join properties p on p.id = property_id where city = 'München' and offer = 'sale') m, (select median(first_price / area_m2) from listings l join properties p on p.id = property_id where city = 'Leipzig' and offer = 'sale') z where m < 2 * z;
-- prices that are not rounded
select first_price from listings where first_price % if(offer = 'sale', 1000, 10) <> 0;
-- prices that are not those of the last cut
select l.id from listings l left join price_cuts c on c.listing_id = l.id group by l.id, l.price, l.first_price having l.price <> coalesce(min(c.price), l.first_price);
-- cuts that raise the price, or come before the listing, or after its end or now
select c.listing_id from price_cuts c join listings l on l.id = c.listing_id where c.price >= first_price or cut_on <= listed_on or cut_on > coalesce(ended_on, date '2025-06-01');
-- viewings before the listing, after its end, in the future, at weekends or by night
select v.listing_id, starts_at from viewings v join listings l on l.id = listing_id where timezone('Europe/Berlin', starts_at)::date < listed_on or timezone('Europe/Berlin', starts_at)::date > coalesce(ended_on, date '2025-06-01') or isodow(timezone('Europe/Berlin', starts_at)) > 5 or hour(timezone('Europe/Berlin', starts_at)) not between 11 and 23;
-- viewings off the quarter of an hour
select starts_at from viewings where minute(starts_at) % 15 <> 0 or second(starts_at) <> 0;
-- counts that are not those of the viewings
select l.id from listings l left join viewings v on v.listing_id = l.id group by l.id, l.viewings having l.viewings <> count(v.listing_id);
