#!/bin/bash
set -euo pipefail
rpm --import https://packages.example.com/java/RPM-GPG-KEY
dnf install -y java-21-amazon-corretto-headless
cat > /etc/orders/application.properties <<'PROPS'
server.port=8443
server.ssl.key-store=/etc/orders/keystore.p12
server.ssl.key-store-password=${KEYSTORE_PASSWORD}
spring.config.import=aws-secretsmanager:/secret/orders;/secret/shared
spring.datasource.url=jdbc:postgresql://db.example.com:5432/orders?sslmode=verify-full
spring.datasource.username=orders
spring.datasource.password=${db.password}
spring.security.oauth2.client.registration.sso.client-secret=#{systemEnvironment['SSO_SECRET']}
spring.security.oauth2.resourceserver.jwt.issuer-uri=https://login.example.com/
spring.mail.password=@mail.password@
management.endpoint.env.keys-to-sanitize=password,secret,key,token,.*credentials.*
security.token.validity-seconds=3600
security.password.encoder=bcrypt
PROPS
cat > /etc/orders/logback.xml <<'XML'
<configuration>
  <property name="token" value="${LOG_TOKEN}"/>
  <appender name="LOGS" class="com.example.LogAppender">
    <password>${logs.password}</password>
    <apiKey></apiKey>
    <tokenType>bearer</tokenType>
    <passwordFile>/etc/orders/logs.pass</passwordFile>
  </appender>
</configuration>
XML
KEYSTORE_PASSWORD=$(aws secretsmanager get-random-password --password-length 32 --exclude-punctuation --query RandomPassword --output text)
export KEYSTORE_PASSWORD
openssl pkcs12 -export -in /etc/orders/tls.crt -inkey /etc/orders/tls.key -passout env:KEYSTORE_PASSWORD -out /etc/orders/keystore.p12
keytool -list -storetype PKCS12 -keystore /etc/orders/keystore.p12 -storepass:env KEYSTORE_PASSWORD
keytool -importkeystore -srckeystore /etc/orders/keystore.p12 -destkeystore /etc/orders/t.jks -deststorepass "$KEYSTORE_PASSWORD" -srcstorepass "$KEYSTORE_PASSWORD"
systemctl restart orders
