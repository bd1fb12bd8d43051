create index emails_not_sent_by_day on emails (status, business_date desc, fact_id desc) where status <> 'SENT';
