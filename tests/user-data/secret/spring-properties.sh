#!/bin/bash
cat > /etc/orders/application.properties <<'EOF'
server.port=8443
server.ssl.key-store=/etc/orders/keystore.p12
server.ssl.key-store-password=@@PASSWORD@@
spring.datasource.url=jdbc:mysql://db.example.com:3306/orders?useSSL=true
spring.datasource.username=orders
spring.datasource.password=@@PASSWORD@@
spring.mail.password = @@SIMPLE@@
reports.url=jdbc:sqlserver://db2.example.com:1433;databaseName=reports;user=reader;password=@@PASSWORD@@;encrypt=true
stats.url=jdbc:postgresql://db3.example.com/stats?user=stats&password=@@SIMPLE@@
sso.client-secret=${SSO_SECRET}
security.token.validity-seconds=3600
EOF
cat > /etc/orders/application.yml <<'EOF'
spring:
  rabbitmq:
    host: mq.example.com
    username: orders
    password: @@PASSWORD@@
  elasticsearch: {uris: "https://logs.example.com:9200", username: app, password: '@@PASSWORD@@'}
EOF
systemctl restart orders
