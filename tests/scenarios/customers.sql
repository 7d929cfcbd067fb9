-- ids that are not 100001, 100002 ...
select min(id), max(id), count(*) from customers having min(id) <> 100001 or max(id) - min(id) + 1 <> count(*);
-- countries with a language or currency that is not theirs
select * from customers where (country, language, currency) not in (('US', 'en_US', 'USD'), ('DE', 'de_DE', 'EUR'), ('GB', 'en_GB', 'GBP'), ('FR', 'fr_FR', 'EUR'), ('PL', 'pl_PL', 'PLN'), ('SE', 'sv_SE', 'SEK'));
-- share of US far from 40 %
select avg((country = 'US')::int) a from customers having abs(a - 0.4) > 0.03;
-- names without their parts
select name, first, last from customers where name <> first || ' ' || last;
-- emails twice, or of another form
select email from customers group by email having count(*) > 1 or not regexp_full_match(email, '[a-z0-9_.]+\.[0-9]{6,}@example\.com');
-- emails of another name
select email from customers where not starts_with(email, user_name || '.');
-- phones that do not begin with the prefix of the country
select country, phone from customers where not starts_with(phone, case country when 'US' then '+1' when 'DE' then '+49' when 'GB' then '+44' when 'FR' then '+33' when 'PL' then '+48' else '+46' end);
-- consumers without phone: 35 %, others 2 %
select segment, avg((phone is null)::int) a from customers group by all having abs(a - if(segment = 'consumer', 0.35, 0.02)) > 0.04;
-- organisations with a birthday
select * from customers where segment <> 'consumer' and born is not null;
-- customers who were minors when they joined, or too old
select born, since from customers where date_diff('day', born, since::date) not between 18 * 365 and 94 * 366;
-- customers seen before they joined or after now
select since, last_seen from customers where last_seen < since or last_seen > timestamptz '2025-06-01 00:00:00+00';
-- no growth over the years
select count(*) filter (year(since) = 2024) / count(*) filter (year(since) = 2016) g from customers having g < 3;
-- referred by nobody, by themselves or from abroad
select c.id from customers c left join customers r on r.id = c.referred_by where c.referred_by is not null and (r.id is null or r.id = c.id or r.country <> c.country);
-- addresses of nobody
select * from addresses anti join customers on customers.id = addresses.customer_id;
-- counts that are not those of the addresses, or numbers with holes
select c.id from customers c left join addresses a on a.customer_id = c.id group by c.id, c.addresses having c.addresses <> count(*) or max(a.number) <> count(*) or min(a.number) <> 1;
-- consumers with more than two addresses
select c.id from customers c join addresses a on a.customer_id = c.id where c.segment = 'consumer' and a.number > 2;
-- first addresses that are not for bills, or others that are
select * from addresses where (number = 1) <> (kind = 'billing');
-- addresses in another country than their customer
select c.country, a.country_code from addresses a join customers c on c.id = a.customer_id where a.country_code <> c.country;
-- postal codes of another form
select country_code, postcode from addresses where not regexp_full_match(postcode, case country_code when 'PL' then '\d{2}-\d{3}' when 'SE' then '\d{3} ?\d{2}' when 'GB' then '[A-Z]{1,2}\d[A-Z0-9]? \d[A-Z]{2}' else '\d{5}' end);
-- one city, several regions or time zones
select country_code, city, postcode from addresses group by all having count(distinct region) > 1 or count(distinct time_zone) > 1;
-- coordinates in another country: boxes around them
select country_code, city, latitude, longitude from addresses where not case country_code when 'DE' then latitude between 47 and 55.2 and longitude between 5.8 and 15.1 when 'GB' then latitude between 49 and 61 and longitude between -9 and 2 when 'PL' then latitude between 49 and 55 and longitude between 14 and 24.2 when 'SE' then latitude between 55 and 69.1 and longitude between 10.9 and 24.2 when 'FR' then latitude between 41 and 51.2 and longitude between -5.2 and 9.7 else latitude between 18 and 72 and longitude < -65 end;
-- addresses that held before the customer was there
select * from addresses a join customers c on c.id = a.customer_id where a.valid_from < c.since::date;
-- a channel asked about twice
select customer_id, channel from consents group by all having count(*) > 1;
-- asked before the customer was there, or later than now
select * from consents n join customers c on c.id = n.customer_id where asked_at < since or asked_at > timestamptz '2025-06-01 00:00:00+00';
