-- the halves of the experiment are not equal
select avg((variant = 'treatment')::int) a from users having a <> 0.5;
-- growth that does not show: the last month has more new users than the first
select count(*) filter (first_seen < timestamptz '2025-02-01') a, count(*) filter (first_seen >= timestamptz '2025-04-20') b from users having b < 1.15 * a;
-- sessions of nobody
select * from sessions s anti join users u on u.id = s.user_id;
-- activity is not skewed: the busiest tenth has a quarter of all sessions
select sum(sessions) filter (r > 0.9) / sum(sessions) a from (select sessions, percent_rank() over (order by sessions) r from users) having a < 0.25;
-- sessions before the user was first seen, or no session then
select s.id from sessions s join users u on u.id = s.user_id where s.started_at < u.first_seen;
select u.id from users u join sessions s on s.user_id = u.id group by u.id, u.first_seen having min(s.started_at) <> u.first_seen;
-- a version before its release
select id from sessions where started_at < timestamptz '2025-03-01' and app_version = '3.2.0';
-- steps without gaps: numbers from 1 to as far as the session got
select s.id from sessions s join events e on e.session_id = s.id group by s.id, s.reached, s.ordered, s.steps having min(number) <> 1 or max(number) <> count(*) or count(distinct number) <> count(*) or count(*) <> s.reached + s.ordered::int or s.steps <> count(*);
-- sessions without events
select * from sessions s anti join events e on e.session_id = s.id;
-- events out of order in their session
select session_id from (select session_id, "at", lag("at") over (partition by session_id order by number) as before from events) where "at" <= before;
-- events before the session, or sent before they happened
select e.id from events e join sessions s on s.id = e.session_id where e."at" < s.started_at or e.sent_at < e."at";
-- share of events that were sent late
select avg((sent_at - "at" > interval 1 minute)::int) a from events having a not between 0.02 and 0.04;
-- keys that do not begin with the milliseconds of the event
select id from events where ('0x' || replace(left(id::varchar, 13), '-', ''))::bigint <> epoch_us("at") // 1000;
-- names in another place of the funnel
select distinct number, name from events where name <> ['app_opened', 'search', 'item_viewed', 'cart_filled', 'checkout_started', 'order_placed'][number];
-- properties of other events
select id from events where (name = 'search') <> (properties.query is not null) or (number >= 3) <> (properties.item is not null);
-- revenue without an order, or orders without
select id from events where (name = 'order_placed') <> (revenue is not null) or revenue <= 0;
-- revenue of a user that is not the sum of the orders
select u.id from users u left join sessions s on s.user_id = u.id left join events e on e.session_id = s.id group by u.id, u.revenue having u.revenue <> coalesce(sum(e.revenue), 0);
-- no effect of the treatment, or one that is much larger than declared
select avg(ordered::int) filter (variant = 'treatment') - avg(ordered::int) filter (variant = 'control') d from sessions s join users u on u.id = s.user_id where reached = 5 having d not between 0.09 and 0.31;
-- a funnel that gets wider
select * from (select variant, sessions, lag(sessions) over (partition by variant order by sessions desc) as before from funnel) where sessions > before;
-- the funnel misses revenue
select sum(revenue) r from funnel having r <> (select sum(revenue) from users);
-- another item in the cart than was looked at, or a button of the other variant
select session_id from events join sessions s on s.id = session_id join users u on u.id = s.user_id group by session_id, u.variant having count(distinct properties.item) > 1 or max(properties.button) <> case u.variant::varchar when 'treatment' then 'blue' else 'grey' end;
