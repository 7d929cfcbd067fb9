-- rows of every table at this scale (the specification, 4.2.5)
select (select count(*) from region) r, (select count(*) from nation) n, (select count(*) from supplier) s, (select count(*) from customer) c, (select count(*) from part) p, (select count(*) from partsupp) ps, (select count(*) from orders) o where (r, n, s, c, p, ps, o) <> (5, 25, 50, 750, 1000, 4000, 7500);
-- lines far from four an order
select (select count(*) from lineitem) / (select count(*) from orders) a where abs(a - 4) > 0.1;
-- nations without region
select * from nation anti join region on r_regionkey = n_regionkey;
-- nations in another region
select n_name, r_name from nation join region on r_regionkey = n_regionkey where (n_name = 'JAPAN' and r_name <> 'ASIA') or (n_name = 'BRAZIL' and r_name <> 'AMERICA') or (n_name = 'EGYPT' and r_name <> 'MIDDLE EAST');
-- suppliers and customers of no nation
select s_suppkey from supplier anti join nation on n_nationkey = s_nationkey union all select c_custkey from customer anti join nation on n_nationkey = c_nationkey;
-- telephones with another country code than the nation's key and 10
select c_phone from customer where not regexp_full_match(c_phone, '\d\d-\d{3}-\d{3}-\d{4}') or left(c_phone, 2)::int <> 10 + c_nationkey;
-- names that do not carry the key
select s_name from supplier where s_name <> printf('Supplier#%09d', s_suppkey);
-- balances out of bounds
select c_acctbal from customer where c_acctbal not between -999.99 and 9999.99;
-- parts whose name has not five different words
select p_name from part where len(list_distinct(string_split(p_name, ' '))) <> 5 or len(string_split(p_name, ' ')) <> 5;
-- brands of another manufacturer
select p_mfgr, p_brand from part where right(p_mfgr, 1) <> p_brand[7] or not regexp_full_match(p_brand, 'Brand#[1-5][1-5]');
-- prices of parts that do not follow from the key (4.2.3)
select p_partkey, p_retailprice from part where p_retailprice <> (90000 + (p_partkey // 10) % 20001 + 100 * (p_partkey % 1000))::decimal(12, 0) / 100;
-- parts without four suppliers
select p_partkey from part left join partsupp on ps_partkey = p_partkey group by p_partkey having count(distinct ps_suppkey) <> 4;
-- availability and costs out of bounds
select * from partsupp where ps_availqty not between 1 and 9999 or ps_supplycost not between 1 and 1000;
-- keys of orders that are not sparse, or twice
select o_orderkey from orders group by all having count(*) > 1 or o_orderkey % 4 <> 1;
-- orders of every third customer, or of nobody
select o_orderkey from orders left join customer on c_custkey = o_custkey where c_custkey is null or o_custkey % 3 = 0;
-- orders out of the seven years
select o_orderdate from orders where o_orderdate not between date '1992-01-01' and date '1998-08-02';
-- lines of an order or a supplier of the part that does not exist
select l_orderkey from lineitem left join orders on o_orderkey = l_orderkey left join partsupp on (ps_partkey, ps_suppkey) = (l_partkey, l_suppkey) where o_orderkey is null or ps_partkey is null;
-- numbers of lines with holes
select l_orderkey from lineitem group by all having count(*) > 7 or max(l_linenumber) <> count(*) or count(distinct l_linenumber) <> count(*);
-- prices that are not quantity times price of the part
select * from lineitem join part on p_partkey = l_partkey where l_extendedprice <> l_quantity * p_retailprice or l_quantity not between 1 and 50 or l_quantity % 1 <> 0;
-- discounts and taxes out of bounds
select * from lineitem where l_discount not between 0 and 0.10 or l_tax not between 0 and 0.08;
-- dates that do not follow from the order's
select * from lineitem join orders on o_orderkey = l_orderkey where l_shipdate - o_orderdate not between 1 and 121 or l_commitdate - o_orderdate not between 30 and 90 or l_receiptdate - l_shipdate not between 1 and 30;
-- flags that do not follow from the dates
select * from lineitem where (l_returnflag in ('R', 'A')) <> (l_receiptdate <= date '1995-06-17') or l_linestatus <> if(l_shipdate > date '1995-06-17', 'O', 'F');
-- a status of an order that does not follow from its lines
select o_orderkey from orders join lineitem on l_orderkey = o_orderkey group by o_orderkey, o_orderstatus having o_orderstatus <> case when bool_and(l_linestatus = 'F') then 'F' when bool_and(l_linestatus = 'O') then 'O' else 'P' end;
-- totals that are not those of the lines
select o_orderkey from orders join lineitem on l_orderkey = o_orderkey group by o_orderkey, o_totalprice having o_totalprice <> round(sum(l_extendedprice * (1 + l_tax) * (1 - l_discount)), 2);
-- comments longer than their columns
select 1 from lineitem where length(l_comment) > 44 union all select 1 from orders where length(o_comment) > 79;
-- query 6 of the benchmark finds nothing
select sum(l_extendedprice * l_discount) revenue from lineitem where l_shipdate >= date '1994-01-01' and l_shipdate < date '1995-01-01' and l_discount between 0.05 and 0.07 and l_quantity < 24 having revenue is null;
