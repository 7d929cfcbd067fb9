-- sites twice
select country_code,no,count(*) from sites group by all having count(*)>1;
-- two to four sites a country
select c.code,count(s.no) n from countries c left join sites s on s.country_code=c.code group by 1 having n not between 2 and 4;
-- sites are numbered from 0 within the country
select country_code, list(no order by no) l from sites group by 1 having l<>range(len(l));
-- shelves of no site
select * from shelves h anti join sites s on s.country_code=h.country_code and s.no=h.site_no;
-- three to ten shelves a site
select s.country_code,s.no,count(h.shelf) n from sites s left join shelves h on h.country_code=s.country_code and h.site_no=s.no group by all having n not between 3 and 10;
-- shelves are numbered from 0 within the site
select country_code,site_no, list(shelf order by shelf) l from shelves group by all having l<>range(len(l));
-- the site's day
select * from shelves h join sites s on s.country_code=h.country_code and s.no=h.site_no where h.site_opened<>s.opened;
-- items twice
select id,count(*) from items group by all having count(*)>1;
-- numbers outside of the permutation
select id from items where id not between 500 and 10499;
-- stock on a shelf of another zone or country
select * from stock st join items i on i.id=st.item_id left join shelves h on h.country_code=st.country_code and h.site_no=st.site_no and h.shelf=st.shelf where h.zone is distinct from i.zone or h.country_code is distinct from i.home;
-- stock from before the site opened
select * from stock st join sites s on s.country_code=st.country_code and s.no=st.site_no where st.at<s.opened or st.at>'2025-03-01';
-- weight of the stock
select * from stock st join items i on i.id=st.item_id where gross<>qty*weight;
-- the country through three references
select * from stock st join countries c on c.code=st.country_code where st.vat<>c.vat or country_of_shelf<>c.code;
-- moves to another zone or country
select * from moves m left join shelves f on (f.country_code,f.site_no,f.shelf)=(m.from_country,m.from_site,m.from_shelf) left join shelves t on (t.country_code,t.site_no,t.shelf)=(m.to_country,m.to_site,m.to_shelf) where f.zone is distinct from t.zone or f.country_code is distinct from t.country_code or f.zone is null;
-- moves reach few shelves
select count(distinct (to_country,to_site,to_shelf)) n from moves having n < 20;
