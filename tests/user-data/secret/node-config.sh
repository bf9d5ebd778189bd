#!/bin/bash
cat > /srv/api/config.js <<'JS'
module.exports = {
  port: process.env.PORT || 3000,
  db: { host: 'db.example.com', user: 'api', password: '@@PASSWORD@@' },
  redisPassword: "@@PASSWORD@@",
  jwt: {
    secret: '@@HEX@@',
    algorithm: 'HS256',
  },
  mail: { user: 'api', password: process.env.MAIL_PASSWORD },
};
const apiKey = "@@HEX@@";
let token = getToken();
const password = process.env.DB_PASSWORD || '@@PASSWORD@@';
JS
cat > /srv/api/main.go <<'GO'
func main() {
	password := "@@PASSWORD@@"
	token := getToken()
	run(password, token)
}
GO
node /srv/api/server.js
