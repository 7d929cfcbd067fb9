-- posts before their author joined
select p.id from posts p join authors a on a.id = p.author_id where p.published_at < a.joined_at;
-- drafts that are published, or the other way round
select id from posts where draft <> (published_at is null);
-- written in the future
select id from posts where written_at > timestamptz '2025-06-01 00:00:00+00';
-- tags per post
select post_id from post_tags group by post_id having count(*) not between 1 and 3;
-- posts without tags
select * from posts anti join post_tags on post_tags.post_id = posts.id;
-- a tag twice
select post_id, tag_id from post_tags group by all having count(*) > 1;
-- comments on drafts
select c.id from comments c join posts p on p.id = c.post_id where p.draft;
-- replies to another post's comment, or to a later one
select c.id from comments c join comments r on r.id = c.reply_to where r.post_id <> c.post_id or r.id >= c.id;
-- replies to nothing
select c.id from comments c anti join comments r on r.id = c.reply_to where c.reply_to is not null;
-- hardly any replies
select avg((reply_to is not null)::int) a from comments having a < 0.05;
-- comments before the post
select c.id from comments c join posts p on p.id = c.post_id where c.written_at < p.written_at + interval 30 day;
-- counts of comments
select p.id from posts p left join comments c on c.post_id = p.id group by p.id, p.comments having p.comments <> count(c.id);
-- last comments
select p.id from posts p left join comments c on c.post_id = p.id group by p.id, p.last_comment having p.last_comment is distinct from max(c.written_at);
