#!/bin/bash
set -e
install -d -o app -g app /srv/shop/config
cat > /srv/shop/config/database.yml <<'YAML'
default: &default
  adapter: mysql2
  encoding: utf8mb4
  username: <%= ENV["DB_USER"] %>
  password: <%= ENV.fetch("DB_PASSWORD") %>
production:
  <<: *default
  database: shop
  host: db.example.com
YAML
cat > /srv/shop/config/initializers/secrets.rb <<'RUBY'
Rails.application.configure do
  config.secret_key_base = ENV.fetch("SECRET_KEY_BASE")
  config.filter_parameters += [:password, :password_confirmation, :token, :secret, :api_key]
  config.action_mailer.smtp_settings = {
    address: "smtp.example.com",
    user_name: ENV["SMTP_USER"],
    password: Rails.application.credentials.dig(:smtp, :password),
    :api_key => ENV["MAIL_API_KEY"],
    "token" => File.read("/run/shop/token").strip,
    authentication: :login
  }
end

class User < ApplicationRecord
  has_secure_password
  has_secure_token :auth_token
  validates :password, length: { minimum: 14 }, allow_nil: true
  def authenticate!(password:, token: nil)
    raise "password: wrong" unless authenticate(password)
    self.access_token = SecureRandom.hex(32)
  end
end
RUBY
cat > /srv/shop/cookbook.rb <<'RUBY'
mysql_database_user 'shop' do
  connection(host: '127.0.0.1', password: node['mysql']['root_password'])
  password lazy { node.run_state['shop_password'] }
  action :grant
end
RUBY
sudo -u app bundle exec rails credentials:show > /dev/null
