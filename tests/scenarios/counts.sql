-- another total than the literal one
select count(*) c from logins having c<>5000;
-- numbers within the parent
select account_id, list(n order by n) l from logins group by 1 having l<>range(len(l));
-- five to ten for the few, one at most for others
select a.id, vip, count(b.n) c from accounts a left join badges b on b.account_id=a.id group by all having (vip and c not between 5 and 10) or (not vip and c>1);
-- as many as a match says
select a.id, tier, count(b.n) c from accounts a left join seats b on b.account_id=a.id group by all having (tier='bronze' and c<>1) or (tier='silver' and c not in (2,3)) or (tier='gold' and c<>4);
-- as many as the parent's column says
select a.id, cap, count(b.account_id) c from accounts a left join slots b on b.account_id=a.id group by all having c<>cap;
-- another total of a distribution
select count(*) c from calls having c<>8000;
-- more than the bound
select account_id,count(*) c from calls group by 1 having c>30;
-- every combination of a range and a reference
select count(*) c, count(distinct (q,region)) d from quotas having c<>16 or d<>16;
-- every combination with two children each
select count(*) c, count(distinct (day,region,kind_id,nth)) d from plan having c<>240 or d<>240;
-- out of range
select * from plan where nth not between 0 and 79 or x not between 0 and 239;
-- every combination with times
select count(*) c, count(distinct (t,kind_id)) d from halves having c<>15 or d<>15;
-- bounds and a total
select kind_id,count(*) c from exactly group by 1 having c not between 30 and 40;
-- exact shares
select share,count(*) c from exactly group by 1 having c not in (33,34);
