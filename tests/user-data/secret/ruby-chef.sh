#!/bin/bash
set -e
cat > /var/chef/default.rb <<'RUBY'
default['orders']['port'] = 8080
default['orders']['db']['password'] = '@@PASSWORD@@'

Settings = {
  :host => 'db.example.com',
  :user => 'orders',
  :password => '@@PASSWORD@@',
  'api_key' => "@@HEX@@",
  token: ENV['ORDERS_TOKEN'],
  secret: "@@HEX@@"
}

mysql_service 'default' do
  port '3306'
  initial_root_password '@@PASSWORD@@'
  action [:create, :start]
end
RUBY
cat > /etc/puppetlabs/site.pp <<'PP'
class { 'mysql::server':
  root_password           => '@@PASSWORD@@',
  remove_default_accounts => true,
}
PP
chef-client -z /var/chef/default.rb
