-- firms twice
select cc,nr from firms group by all having count(*)>1;
-- roll-ups over two steps of composite references
select f.cc,f.nr from firms f left join people p using(cc,nr) group by f.cc,f.nr,f.staff,f.pay having f.staff<>count(p.no) or f.pay<>coalesce(sum(p.pay),0);
-- two to five units, numbered from 1
select f.cc,f.nr,count(u) n from firms f left join units u using (cc,nr) group by all having n not between 2 and 5 or list_sort(list(u))<>range(1,n+1);
-- roll-ups over a unit's people
select * from units x left join (select cc,nr,u,count(*) c,max(no) m from people group by all) p using(cc,nr,u) where head<>c or boss<>m or c not between 1 and 9;
-- columns through two composite references
select * from people p join firms f using(cc,nr) where firm_size<>size or p.pay<1000+size*10 or p.pay>9000+size*10;
-- managers outside of the firm
select * from people p left join people m on (m.cc,m.nr,m.u,m.no)=(p.m_cc,p.m_nr,p.m_u,p.m_no) where p.m_cc is not null and (m.cc is null or m.cc<>p.cc or m.nr<>p.nr);
-- parts of a reference are null together
select * from people where (m_cc is null)<>(m_nr is null) or (m_u is null)<>(m_cc is null) or (m_no is null)<>(m_cc is null);
-- the same person twice in a project
select project_id,cc,nr,u,no from teams group by all having count(*)>1;
-- people of another firm
select * from teams t join projects p on p.id=t.project_id where t.cc<>p.cc or t.nr<>p.nr;
-- team members that do not exist
select * from teams t anti join people p on (t.cc,t.nr,t.u,t.no)=(p.cc,p.nr,p.u,p.no);
-- counts of teams
select p.id from projects p left join teams t on t.project_id=p.id group by p.id,p.team having p.team<>count(t.no);
