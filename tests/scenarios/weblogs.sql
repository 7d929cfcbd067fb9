-- lines that are not in the combined format
select line from requests where not regexp_full_match(line, '(\d{1,3}\.){3}\d{1,3} - [\w.-]+ \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "(GET|POST|HEAD) /\S+ HTTP/(1\.1|2\.0)" \d{3} (\d+|-) "[^"]*" "[^"]+"');
-- addresses, methods, states and sizes in the line that are not those of the columns
select r.id from (
  select *, regexp_extract(line, '^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) (\S+) [^"]+" (\d+) (\S+) "([^"]*)" "([^"]*)"$',
    ['host', 'account', 'time', 'method', 'path', 'status', 'size', 'referer', 'agent']) as f from requests) r
join visitors v on v.ip = r.visitor_ip join pages p on p.id = r.page_id
where f.host <> r.visitor_ip or f.account <> coalesce(v.account, '-') or f.method <> r.method::varchar or f.path <> p.path
   or f.status::int <> r.status or coalesce(try_cast(f.size as bigint), 0) <> r.bytes
   or f.referer <> coalesce(r.referer, '-') or f.agent <> v.user_agent
   or strptime(f.time, '%d/%b/%Y:%H:%M:%S %z') <> r."at";
-- requests of nobody
select * from requests r anti join visitors v on v.ip = r.visitor_ip;
-- requests of no page
select * from requests r anti join pages p on p.id = r.page_id;
-- visitors twice, or in private networks
select ip from visitors group by ip having count(*) > 1 or ip like '10.%' or ip like '192.168.%' or ip like '127.%';
-- accounts of what is no browser
select ip from visitors where account is not null and kind <> 'browser';
-- shares of the kinds of visitors
select avg((kind = 'browser')::int) a from visitors having abs(a - 0.88) > 0.03;
-- paths twice
select path from pages group by path having count(*) > 1;
-- endings that do not fit the kind
select path from pages where (kind = 'image') <> regexp_full_match(path, '/img/.*\.(webp|png|jpg)') or (kind = 'style') <> (path like '%.css') or (kind = 'download') <> (path like '%.tar.gz');
-- crawlers that post
select r.id from requests r join visitors v on v.ip = r.visitor_ip where v.kind <> 'browser' and r.method = 'POST';
-- bodies where there are none
select id from requests where (method = 'HEAD' or status = 304) and bytes <> 0;
-- a page that is not sent as long as it is
select r.id from requests r join pages p on p.id = r.page_id where r.status = 200 and r.method <> 'HEAD' and r.bytes <> p.length;
-- errors as long as pages
select id from requests where status >= 300 and bytes > 620;
-- share of success among the reads
select avg((status = 200)::int) a from requests where method <> 'POST' having abs(a - 0.86) > 0.01;
-- times out of the month, or with parts of seconds
select id from requests where "at" < timestamptz '2025-02-01 00:00:00+00' or "at" >= timestamptz '2025-03-01 00:00:00+00' or microsecond("at") % 1000000 <> 0;
-- a night as busy as the day
select count(*) filter (hour("at") between 1 and 4) n, count(*) filter (hour("at") between 9 and 12) d from requests having n * 6 > d;
-- times to answer that are not positive, or too slow on average
select avg(took) / 1e6 a from requests having a not between 0.14 and 0.20 or min(took) < 0;
-- the table of pages does not add up
select sum(hits) h, sum(bytes) b from by_page having h <> (select count(*) from requests) or b <> (select sum(bytes) from requests);
