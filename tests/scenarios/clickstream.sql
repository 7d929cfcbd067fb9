-- visitors with keys of another form
select id from visitors group by id having count(*) > 1 or not regexp_full_match(id, '[A-Za-z0-9_-]{21}');
-- shares of the devices
select avg((device = 'phone')::int) a from visitors having abs(a - 0.58) > 0.04;
-- systems that do not run on the device, or browsers that do not run on the system
select device, browser, os from visitors where (os in ('iOS', 'Android') and device = 'desktop') or (device = 'desktop') <> (os in ('Windows', 'macOS', 'Linux')) or (browser = 'Safari') <> (os in ('iOS', 'iPadOS', 'macOS'));
-- screens of another device
select device, screen from visitors where screen.touch = (device = 'desktop') or (screen.width > screen.height) <> (device = 'desktop');
-- addresses kept without consent
select id from visitors where consent <> (ip is not null);
-- visits of nobody
select * from visits v anti join visitors w on w.id = v.visitor_id;
-- campaigns that were not paid for
select id from visits where (campaign is not null) <> ((origin.source, origin.medium) in (('google', 'cpc'), ('instagram', 'social')));
-- campaigns without number, or with one that is none
select id from visits where campaign is not null and coalesce(campaign.id, 0) not between 10001 and 10040;
-- share of campaigns without keyword
select avg((campaign.keyword is null)::int) a from visits where campaign is not null having abs(a - 0.4) > 0.06;
-- nights as busy as evenings
select count(*) filter (hour(started_at) between 6 and 9) m, count(*) filter (hour(started_at) between 18 and 21) e from visits having m * 3 > e;
-- visits without clicks, with more than seven, or with gaps in the numbers
select v.id from visits v left join clicks c on c.visit_id = v.id group by v.id, v.clicks having count(c.number) not between 1 and 7 or max(c.number) <> count(*) or v.clicks <> count(c.number);
-- clicks out of order
select visit_id from (select visit_id, "at", lag("at") over (partition by visit_id order by number) as before from clicks) where "at" <= before;
-- addresses of another page
select page, url from clicks where not regexp_full_match(url, case page::varchar when 'home' then '/' when 'listing' then '/c/[a-z]+\?page=\d+' when 'item' then '/p/[A-Z]{2}-\d{5}' when 'basket' then '/basket' else '/orders/\d{6}' end);
-- baskets on other pages, empty ones, prices or quantities of no shop
select visit_id from clicks where (items is not null) <> (page in ('basket', 'confirmation')) or len(items) not between 1 and 4;
select distinct i from (select unnest(items) as i from clicks) where i.price <= 0 or i.price * 100 % 100 <> 99 or i.quantity not between 1 and 3;
-- ordered without confirmation
select v.id from visits v join clicks c on c.visit_id = v.id group by v.id, v.ordered having v.ordered <> bool_or(c.page = 'confirmation');
-- share of the visits that order
select avg(ordered::int) a from visits having a not between 0.025 and 0.055;
-- JSON that says something else than the columns
select visit_id from clicks c join visits v on v.id = c.visit_id join visitors w on w.id = v.visitor_id
where not json_valid(raw) or raw->>'$.page' <> page::varchar or raw->>'$.url' <> url or (raw->>'$.scroll')::double <> scrolled or (raw->>'$.screen.w')::int <> w.screen.width or (raw->>'$.screen.h')::int <> w.screen.height;
-- purchases that miss something
select count(*) n from purchases having n <> (select sum(len(items)) from clicks where page = 'confirmation');
