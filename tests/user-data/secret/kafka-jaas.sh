#!/bin/bash
cat > /etc/kafka/client.properties <<'EOF'
bootstrap.servers=kafka1.example.com:9093,kafka2.example.com:9093
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="orders" password="@@PASSWORD@@";
ssl.truststore.location=/etc/kafka/truststore.jks
ssl.truststore.password=@@PASSWORD@@
ssl.keystore.password=${KEYSTORE_PASSWORD}
EOF
cat > /etc/kafka/jaas.conf <<'EOF'
KafkaServer {
  org.apache.kafka.common.security.plain.PlainLoginModule required
  username="admin"
  password="@@PASSWORD@@"
  user_reader="see-vault";
};
EOF
export KAFKA_OPTS=-Djava.security.auth.login.config=/etc/kafka/jaas.conf
systemctl restart kafka
