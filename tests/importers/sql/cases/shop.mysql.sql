-- MySQL: as mysqldump writes it, more or less.
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `item`;
CREATE TABLE `category` (
  `category_id` tinyint unsigned NOT NULL AUTO_INCREMENT COMMENT 'it''s the number',
  `name` varchar(25) NOT NULL,
  `parent_id` tinyint unsigned DEFAULT NULL,
  PRIMARY KEY (`category_id`),
  UNIQUE KEY `uq_name` (`name`),
  KEY `idx_parent` (`parent_id`),
  CONSTRAINT `fk_parent` FOREIGN KEY (`parent_id`) REFERENCES `category` (`category_id`) ON DELETE SET NULL
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COMMENT='What things are.';
# the things
CREATE TABLE `item` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `sku` char(8) COLLATE utf8mb4_bin NOT NULL,
  `category_id` tinyint unsigned NOT NULL,
  `state` enum('draft','on sale','gone') NOT NULL DEFAULT 'draft',
  `labels` set('new','eco') DEFAULT NULL,
  `active` tinyint(1) NOT NULL DEFAULT '1',
  `price` decimal(8,2) unsigned NOT NULL,
  `taxed` decimal(10,2) GENERATED ALWAYS AS (`price` * 1.19) VIRTUAL,
  `made` year DEFAULT NULL,
  `note` mediumtext,
  `shape` geometry DEFAULT NULL,
  `updated` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `from_day` date NOT NULL,
  `to_day` date DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE,
  UNIQUE KEY `sku` (`sku`),
  FULLTEXT KEY `note` (`note`),
  CONSTRAINT `days` CHECK (`to_day` is null or `from_day` <= `to_day`),
  FOREIGN KEY (`category_id`) REFERENCES `category` (`category_id`)
) ENGINE=InnoDB;
INSERT INTO `item` VALUES (1,'a;\'b','x'),(2,'CREATE TABLE no (a int);','y');
DELIMITER ;;
CREATE TRIGGER `t` BEFORE INSERT ON `item` FOR EACH ROW BEGIN SET NEW.note = 'x'; END;;
DELIMITER ;
CREATE VIEW cheap AS SELECT * FROM item WHERE price < 10;
