#!/bin/bash
cat > /opt/tomcat/conf/tomcat-users.xml <<'XML'
<tomcat-users>
  <role rolename="manager-gui"/>
  <user username="deployer" password="@@PASSWORD@@" roles="manager-gui,manager-script"/>
</tomcat-users>
XML
cat > /opt/tomcat/conf/context.xml <<'XML'
<Context>
  <Resource name="jdbc/orders" auth="Container" type="javax.sql.DataSource"
            username="orders"
            password="@@PASSWORD@@"
            url="jdbc:postgresql://db.example.com/orders" maxTotal="20"/>
  <Parameter name="tokenLifetime" value="3600"/>
</Context>
XML
mkdir -p /root/.m2
cat > /root/.m2/settings.xml <<'XML'
<settings><servers><server>
  <id>releases</id>
  <username>ci</username>
  <password>@@PASSWORD@@</password>
  <configuration><apiKey>@@HEX@@</apiKey></configuration>
</server></servers></settings>
XML
systemctl restart tomcat
