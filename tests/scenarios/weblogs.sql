-- lines of another form
select line from requests where not regexp_full_match(line, '[\d.]+ - - \[[^\]]+\] "(GET|POST|HEAD) /[a-z]+/[a-z]{6} HTTP/1.1" \d{3} \d+ "[^"]+"');
-- visitors
select * from requests r anti join visitors v on v.ip = r.visitor_ip;
-- ip twice
select ip from visitors group by ip having count(*) > 1;
-- bots only ask for heads
select r.id from requests r join visitors v on v.ip = r.visitor_ip where v.bot <> (r.method = 'HEAD');
-- bytes without success
select id from requests where status <> 200 and bytes <> 0;
-- shares of the status
select avg((status = 200)::int) a from requests having abs(a - 0.9) > 0.01;
-- times out of range
select id from requests where "at" not between timestamptz '2025-02-01 00:00:00+00' and timestamptz '2025-02-28 00:00:00+00';
