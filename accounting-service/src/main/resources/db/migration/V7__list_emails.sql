create index emails_by_day on emails (business_date desc, fact_id desc);
