-- roll-ups over a tenant's nodes
select t.id from tenants t left join nodes n on n.tenant_id=t.id group by t.id,t.nodes,t.depth having t.nodes<>count(n.id) or t.depth is distinct from max(n.level);
-- a child fits its parent: tenant, level, date, path, root, order
select * from nodes c left join nodes p on p.id=c.parent_id where c.parent_id is not null and (p.id is null or p.tenant_id<>c.tenant_id or c.level<>p.level+1 or c.born<p.born+interval 1 hour or c.born>p.born+interval 30 day or c.path<>p.path||'/'||c.id or c.root_id<>p.root_id or p.id>=c.id);
-- roots: level, path, date
select * from nodes n join tenants t on t.id=n.tenant_id where parent_id is null and (level<>0 or root_id<>n.id or path<>'/'||n.id or born<t.since or born>t.since+interval 100 day);
-- five per cent are roots
select avg((parent_id is null)::int) a from nodes having abs(a-0.05)>0.02;
-- counts of children
select n.id,n.children,count(c.id) from nodes n left join nodes c on c.parent_id=n.id group by all having n.children<>count(c.id);
-- roll-ups over a node's children and theirs
select n.id from nodes n left join nodes c on c.parent_id=n.id group by n.id,n.last_child,n.first_kid,n.grand having n.last_child is distinct from max(c.born) or n.first_kid is distinct from min(c.id) or n.grand<>coalesce(sum(c.children),0);
-- dependencies twice
select a,b from deps where b is not null group by all having count(*)>1;
-- dependencies go forward within the tenant
select * from deps d join nodes y0 on y0.id=d.b left join nodes x on x.id=d.a left join nodes y on y.id=d.b where not coalesce(y.born>x.born and x.tenant_id=y.tenant_id,false);
-- the parent is of a lower level
select * from tasks t join tasks p on p.id=t.parent where p.level>=t.level;
-- only the lowest level may do without a parent
select * from tasks where level>0 and parent is null;
-- a rung is followed by one at most
select prev_id from rungs where prev_id is not null group by 1 having count(*)>1;
-- chains count up
select r.id from rungs r left join rungs p on p.id=r.prev_id where r.n<>coalesce(p.n,0)+1 or p.id>=r.id;
-- ten per cent begin a chain
select avg((prev_id is null)::int) a from rungs having abs(a-0.1)>0.05;
