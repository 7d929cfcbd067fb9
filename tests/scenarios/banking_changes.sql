-- accounts whose customer is not there
select * from accounts a anti join customers c on c.id = a.customer_id;

-- accounts closed before they were opened
select * from accounts where closed_at <= opened_at;

-- states that the times do not bear out
select * from accounts where (status = 'closed') <> (closed_at is not null);

-- overdrawn marks that do not follow from the balance
select * from accounts where overdrawn <> (balance < 0);

-- balances that are not what was booked
select a.id from accounts a left join bookings b on b.account_id = a.id
group by a.id, a.opening, a.balance having a.balance <> a.opening + coalesce(sum(b.amount), 0);

-- cards that are numbered with gaps
select account_id from cards group by account_id having max(number) <> count(*);
