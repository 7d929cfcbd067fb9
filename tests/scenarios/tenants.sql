-- plans exact
select plan, count(*) c from tenants group by plan having (plan, c) not in (('free', 20), ('pro', 12), ('enterprise', 8));
-- users before the tenant
select u.id from users u join tenants t on t.id = u.tenant_id where u.created < t.created or u.created > timestamptz '2025-06-01 00:00:00+00';
-- invited by another tenant's user
select u.id from users u join users i on i.id = u.invited_by where i.tenant_id <> u.tenant_id;
-- invitations in a circle
with recursive up(id, inviter, n) as (select id, invited_by, 0 from users union all select up.id, u.invited_by, n + 1 from up join users u on u.id = up.inviter where n < 200) select * from up where n >= 199 or inviter = id;
-- hardly anyone invited
select avg((invited_by is not null)::int) a from users having a < 0.8;
-- owners of another tenant, or inactive
select p.id from projects p join users u on u.id = p.owner_id where u.tenant_id <> p.tenant_id or not u.active;
-- projects without an owner though the tenant has active users
select p.id from projects p where owner_id is null and exists (select 1 from users u where u.tenant_id = p.tenant_id and u.active);
-- tasks of projects without owner
select t.id from tasks t join projects p on p.id = t.project_id where p.owner_id is null;
-- assignees of another tenant
select t.id from tasks t join projects p on p.id = t.project_id join users u on u.id = t.assignee_id where u.tenant_id <> p.tenant_id;
-- reviewers of another tenant or that did not exist yet
select t.id from tasks t join projects p on p.id = t.project_id join users u on u.id = t.reviewer_id where u.tenant_id <> p.tenant_id or u.created > t.created;
-- reviewers missing though there is one
select t.id from tasks t join projects p on p.id = t.project_id where reviewer_id is null and exists (select 1 from users u where u.tenant_id = p.tenant_id and u.created <= t.created);
-- closed before created, or later than now
select id from tasks where closed < created or closed > timestamptz '2025-06-01 00:00:00+00';
-- share of open tasks
select avg((closed is null)::int) a from tasks having abs(a - 0.4) > 0.03;
-- points of closed tasks missing
select id from tasks where closed is not null and points is null;
-- points of open tasks
select avg((points is null)::int) a from tasks where closed is null having abs(a - 0.5) > 0.04;
-- memberships twice
select user_id, team_id from memberships group by all having count(*) > 1;
-- sizes of teams
select t.id from teams t left join memberships m on m.team_id = t.id group by t.id, t.size having t.size <> count(m.user_id);
-- badges twice
select user_id from badges group by user_id having count(*) > 1;
-- about half of the users have a badge
select count(*) c from badges having abs(c - 1500) > 150;
-- edges that go back, or to itself
select * from edges where to_id <= from_id;
-- edges twice
select from_id, to_id from edges group by all having count(*) > 1;
-- slots
select count(*), count(distinct (team_id, start)) from slots having count(*) <> 30 * 40 or count(distinct (team_id, start)) <> 30 * 40;
-- shares: exactly a thousand
select count(*) from shares having count(*) <> 1000;
-- shares per payout
select payout_id from shares group by payout_id having count(*) not between 2 and 9;
-- payouts without shares
select * from payouts anti join shares on shares.payout_id = payouts.id;
-- totals to the cent
select p.id from payouts p join shares s on s.payout_id = p.id group by p.id, p.total having sum(s.amount) <> p.total;
-- equal shares differ by more than a cent
select payout_id from shares group by payout_id having max(amount) - min(amount) > 0.01;
-- roll-ups
select p.id from payouts p join shares s on s.payout_id = p.id group by p.id, p.parts, p.big, p.mean, p.first, p.last
having p.parts <> count(*) or p.big <> max(s.amount) or abs(p.mean - avg(s.amount)) > 1e-6 or p.first <> min(s.label) or p.last <> max(s.label);
-- teams of projects that have an owner: two to four, all different
select p.id from projects p left join teams_of_projects t on t.project_id = p.id where p.owner_id is not null group by p.id having count(t.team_id) not between 2 and 4 or count(distinct t.team_id) <> count(t.team_id);
-- teams of projects without
select * from teams_of_projects t join projects p on p.id = t.project_id where p.owner_id is null;
-- a day twice for a team
select team_id, day from bookings group by all having count(*) > 1;
-- days that are never taken, or hardly ever first
select count(distinct day) c, count(distinct day) filter (team_id <= 10) d from bookings having c < 31 or d < 25;
-- shifts twice
select team_id, day, half from shifts group by all having count(*) > 1;
-- desks twice
select floor, team_id, number from desks where team_id is not null group by all having count(*) > 1;
-- captains of small teams
select * from captains c join teams t on t.id = c.team_id where t.size <= 16;
-- one or two captains for each of the others
select t.id from teams t left join captains c on c.team_id = t.id where t.size > 16 group by t.id having count(c.team_id) not between 1 and 2;
-- both kinds of teams occur
select count(*) filter (size > 16) a, count(*) filter (size <= 16) b from teams having a = 0 or b = 0;
