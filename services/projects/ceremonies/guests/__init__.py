"""Guest list (参会重点民营企业名单) of a signing ceremony: key firms that cities and Pingtan invite (PM-12, PM-18)."""
