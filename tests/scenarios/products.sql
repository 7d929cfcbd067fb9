-- categories out of number
select count(*) from categories having count(*) <> 12;
-- counts that are not those of the products
select c.code from categories c left join products p on p.category_code = c.code group by c.code, c.products having c.products <> count(p.sku);
-- shares of products far from the weights of the file
select c.code, count(*) / 1200 s from categories c join products p on p.category_code = c.code group by c.code, c.weight having abs(s - c.weight / 100) > 0.03;
-- SKUs of another form, or of another category
select sku from products where not regexp_full_match(sku, '[A-Z]{3}-[A-HJ-NP-Z]{2}[0-9]{4}') or left(sku, 3) <> category_code;
-- SKUs twice
select sku from products group by sku having count(*) > 1;
-- products of no brand
select * from products anti join brands on brands.id = products.brand_id;
-- brands twice
select name from brands group by name having count(*) > 1;
-- no skew among the brands
select max(c) / avg(c) r from (select count(*) c from products group by brand_id) having r < 3;
-- prices that do not end in .99
select list_price from products where list_price % 1 <> 0.99;
-- sold below cost
select sku from products where cost >= list_price or cost < 0.34 * list_price;
-- median price far from that of the category
select c.code from products p join categories c on c.code = p.category_code group by c.code, c.median having median(list_price) not between 0.7 * c.median and 1.4 * c.median;
-- VAT that is not the category's
select * from products p join categories c on c.code = p.category_code where p.vat <> round(c.vat, 2)::decimal(3, 2);
-- discontinued before 60 days on sale, or in the future
select sku from products where discontinued < launched + 60 or discontinued > date '2025-05-31';
-- new products rated as often as others
select avg((rating is null)::int) a from products where launched > date '2025-01-01' having a < 0.2;
-- tags twice
select tags from products where len(list_distinct(tags)) <> len(tags);
-- EANs twice, or with a wrong check digit
select ean from variants group by ean having count(*) > 1 or list_sum([ean[i]::int * if(i % 2 = 1, 1, 3) for i in range(1, 14)]) % 10 <> 0;
-- a colour twice
select product_sku, colour from variants group by all having count(*) > 1;
-- products without variants, or with more than five
select p.sku from products p left join variants v on v.product_sku = p.sku group by p.sku having count(v.ean) not between 1 and 5;
-- first prices that are not the list price, or not from the launch on
select * from prices r join products p on p.sku = r.product_sku where version = 1 and (price <> list_price or valid_from <> launched);
-- gaps between two prices, or two that overlap
select * from (select *, lead(valid_from) over (partition by product_sku order by version) n from prices) where valid_to is distinct from n;
-- prices that begin after now, or fall
select * from (select *, lag(price) over (partition by product_sku order by version) b from prices) where valid_from > date '2025-06-01' or price < b;
