-- parts total what was split
select f.id from funds f join grants g on g.fund_id=f.id group by f.id,f.pot,f.units,f.debt,f.got having sum(g.part)<>f.pot or f.got<>f.pot or sum(g.units)<>f.units or sum(g.debt)<>f.debt or sum(g.z)<>f.units;
-- equal parts differ by one at most
select f.id from funds f join grants g on g.fund_id=f.id group by f.id having max(g.units)-min(g.units)>1;
-- parts are in proportion to the weights
select g.* from grants g join funds f on f.id=g.fund_id join (select fund_id,sum(w) sw from grants group by 1) s on s.fund_id=g.fund_id where abs(g.part - f.pot*g.w/s.sw)>0.01;
-- parts of parts total, too
select g.fund_id,g.n from grants g join lines l on l.fund_id=g.fund_id and l.grant=g.n group by all having sum(l.amount)<>any_value(g.part) or any_value(g.sum_w)<>sum(l.w);
-- roll-ups over two steps
select f.id from funds f left join lines l on l.fund_id=f.id group by f.id,deepc,deepb,deepavg,minw,deep having deepc<>count(l.w) or deepb<>count(*) filter(l.kind='b') or abs(deepavg-avg(l.w))>1e-9 or minw is distinct from min(l.w) filter(l.kind='a') or deep<>coalesce(sum(l.amount),0);
-- roll-ups over one of two references
select p.id from people p left join grants g on g.reviewer=p.id group by p.id,reviews,best having reviews<>count(g.n) or best is distinct from max(part);
-- roll-ups over the other, with a condition
select p.id from people p left join grants g on g.author=p.id group by p.id,writes,mean_part having writes<>count(*) filter(g.w>5) or abs(mean_part-avg(part::double))>1e-6 or (mean_part is null)<>(avg(part) is null);
-- roll-ups over two steps by one of two references
select p.id from people p left join grants g on g.reviewer=p.id left join lines l on l.fund_id=g.fund_id and l.grant=g.n group by p.id,p.lines having p.lines<>count(l.w);
-- reviewers differ from authors
select * from grants where author=reviewer;
-- exact shares of a table without a literal count
select shares,count(*) c,(select count(*) from lines) n from lines group by 1 having abs(c-n*(case shares when 'x' then .125 when 'y' then .375 else .5 end))>=1;
-- exact shares without weights
select shared,count(*) c from people group by 1 having c<>10;
-- lines of no grant
select * from lines l anti join grants g on g.fund_id=l.fund_id and g.n=l.grant;
