-- Holds the number of a migration that is on its way, which replaces this file.
select 1;
