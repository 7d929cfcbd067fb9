-- plans of the file
select count(*) from plans having count(*) <> 4;
-- shares of the plans
select avg((plan_code = 'free')::int) a from tenants having abs(a - 0.55) > 0.1;
-- trials of those who pay nothing, or of another length
select id from tenants where (plan_code = 'free') <> (trial_ends is null) or trial_ends <> created_at::date + 14;
-- more users or projects than the plan allows, or counted otherwise
select t.id from tenants t join plans p on p.code = t.plan_code left join users u on u.tenant_id = t.id group by t.id, t.users, p.max_users having count(u.id) > p.max_users or count(u.id) <> t.users;
select t.id from tenants t join plans p on p.code = t.plan_code left join projects j on j.tenant_id = t.id group by t.id, t.projects, p.max_projects having count(j.number) > p.max_projects or count(j.number) <> t.projects;
-- tenants without exactly one owner
select t.id from tenants t left join users u on u.tenant_id = t.id and u.role = 'owner' group by t.id having count(u.id) <> 1;
-- addresses twice, or of another tenant's domain
select email from users group by email having count(*) > 1;
select u.email from users u join tenants t on t.id = u.tenant_id where not regexp_full_match(u.email, '[a-z-]+\.[a-z-]+\.\d+@.*') or split_part(u.email, '@', 2) <> t.domain;
-- joined before the tenant, or the owner later
select u.id from users u join tenants t on t.id = u.tenant_id where u.joined_at < t.created_at or (u.role = 'owner' and u.joined_at <> t.created_at);
-- invited by somebody of another tenant, or by nobody
select u.id from users u left join users i on i.id = u.invited_by where (u.role = 'owner') <> (i.id is null) or i.tenant_id <> u.tenant_id or i.role <> 'owner';
-- logins of the inactive, before joining or in the future
select id from users where active <> (last_login is not null) or last_login < joined_at or last_login > timestamptz '2025-06-01 00:00:00+00';
-- projects of other people than the tenant's, led by guests, or older than their lead
select p.tenant_id from projects p join users u on u.id = p.lead_id where u.tenant_id <> p.tenant_id or u.role = 'guest' or p.created_at < u.joined_at;
-- members of projects that do not exist
select m.project from members m anti join projects p on p.tenant_id = m.tenant_id and p.number = m.project;
-- members of another tenant
select m.user_id from members m join users u on u.id = m.user_id where u.tenant_id <> m.tenant_id;
-- a member twice
select tenant_id, project, user_id from members group by all having count(*) > 1;
-- projects without members, or with more than six, or counted otherwise
select p.tenant_id from projects p left join members m on m.tenant_id = p.tenant_id and m.project = p.number group by p.tenant_id, p.number, p.members having count(m.user_id) not between 1 and 6 or count(m.user_id) <> p.members;
-- shares of the rights
select avg((access = 'manage')::int) a from members having abs(a - 0.12) > 0.025;
-- a month twice, before the tenant, or left out
select tenant_id, month from usage group by all having count(*) > 1 or day(month) <> 1;
select t.id from tenants t left join usage u on u.tenant_id = t.id group by t.id, t.created_at having max(month) <> date '2025-05-01' or min(month) <> greatest(date_trunc('month', t.created_at)::date, date '2025-01-01') or count(*) <> datediff('month', min(month), max(month)) + 1;
-- more active users than seats, more storage than the plan has
select u.tenant_id from usage u join tenants t on t.id = u.tenant_id join plans p on p.code = t.plan_code where active_users > seats or u.storage_gb > p.storage_gb;
-- amounts that are not seats times price, to the cent
select u.tenant_id from usage u join tenants t on t.id = u.tenant_id join plans p on p.code = t.plan_code where amount <> seats * p.price_per_seat;
-- paid for nothing, or before the month was over, or on a weekend
select tenant_id from usage where (amount = 0 and paid_on is not null) or paid_on <= month + interval 1 month or isodow(paid_on) > 5;
-- share of what is not paid
select avg((paid_on is null)::int) a from usage where amount > 0 having a > 0.07;
-- storage that shrinks
select tenant_id from (select tenant_id, storage_gb, lag(storage_gb) over (partition by tenant_id order by month) as before from usage) where storage_gb < before;
