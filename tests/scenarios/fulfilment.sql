-- prices that leave a gap or overlap
select * from (select article_id, valid_to, lead(valid_from) over (partition by article_id order by version) following from prices) where valid_to is distinct from following;
-- first prices that are not those of the launch, or later ones too far from the one before
select * from (select p.*, a.launch, lag(price) over (partition by article_id order by version) before from prices p join articles a on a.id = p.article_id) where if(version = 1, price <> launch, price not between greatest(before * 0.9 - 0.01, 1) and greatest(before * 1.2 + 0.01, 1));
-- orders of a customer that do not rise in time
select * from (select *, lag(placed_at) over (partition by customer_id order by number) before, min(placed_at) over (partition by customer_id) earliest from orders) where placed_at < before or since_last is distinct from epoch_us(placed_at) - epoch_us(before) or first_at <> earliest;
-- mean time between orders far from 8 days
select avg(since_last) / 86400e6 d from orders having abs(d - 8) > 0.8;
-- states without their time, or times without their state
select id from orders where (paid_at is null and coalesce(shipped_at, refunded_at, delivered_at, returned_at) is not null) or (shipped_at is null and coalesce(delivered_at, returned_at) is not null) or (delivered_at is null and returned_at is not null) or (cancelled_at is not null and paid_at is not null) or (refunded_at is not null and shipped_at is not null);
-- a status that is not the last state
select id from orders where status <> case when returned_at is not null then 'returned' when delivered_at is not null then 'delivered' when shipped_at is not null then 'shipped' when refunded_at is not null then 'refunded' when paid_at is not null then 'paid' when cancelled_at is not null then 'cancelled' else 'placed' end;
-- delays that cannot be
select id from orders where not (coalesce(paid_at, placed_at) >= placed_at and coalesce(cancelled_at - placed_at between interval 1 hour and interval 5 day, true) and coalesce(shipped_at - paid_at between if(express, interval 1 hour, interval 1 day) and if(express, interval 8 hour, interval 3 day), true) and coalesce(delivered_at - shipped_at between if(express, interval 12 hour, interval 1 day) and if(express, interval 36 hour, interval 10 day), true) and coalesce(returned_at - delivered_at between interval 1 day and interval 14 day, true));
-- what happens, or is ordered, after now
select id from orders where greatest(placed_at, paid_at, cancelled_at, shipped_at, refunded_at, delivered_at, returned_at) > timestamptz '2025-06-01 00:00:00+00';
-- shares far from those that are declared, among orders old enough
select avg((paid_at is not null)::int) p, avg((cancelled_at is not null)::int) c, avg((returned_at is not null)::int) filter (delivered_at is not null) r from orders where placed_at < timestamptz '2025-03-01 00:00:00+00' having abs(p - 0.92) > 0.03 or abs(c - 0.08) > 0.03 or abs(r - 0.06) > 0.03;
-- events that are not the states of the order in their order
select o.id from orders o left join (select order_id, list(state order by sequence) states, list("at" order by sequence) times, count(*) n from order_events group by all) e on e.order_id = o.id where times is distinct from list_sort(list_filter([placed_at, paid_at, cancelled_at, shipped_at, refunded_at, delivered_at, returned_at], lambda x: x is not null)) or states[1] <> 'placed' or states[n] <> status;
-- previous states that are not those of the event before
select * from (select *, lag(state) over (partition by order_id order by sequence) before from order_events) where previous_state is distinct from before;
-- what was left that does not follow from what was booked
select * from (select b.*, c.opening, sum(amount) over (partition by customer_id order by number) total, lag("left") over (partition by customer_id order by number) before from bookings b join customers c on c.id = b.customer_id) where "left" <> opening + total or left_before <> coalesce(before, opening) or (left_before < 20 and amount < 10);
-- balances that are not what was left last
select c.id from customers c left join bookings b on b.customer_id = c.id group by c.id, c.opening, c.balance having c.balance <> c.opening + coalesce(sum(amount), 0);
-- bookings of a customer that do not rise in time
select * from (select *, lag(booked_at) over (partition by customer_id order by number) before from bookings) where booked_at < before + interval 1 hour;
