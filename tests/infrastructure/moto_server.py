"""moto's server, with what it lacks of EC2."""

from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response
from moto.ec2.utils import filter_dict_attribute_mapping
from moto.server import main


def block_public_access(self):
    """Nothing is blocked."""
    action = "DescribeVpcBlockPublicAccessOptions"
    mode = "<internetGatewayBlockMode>off</internetGatewayBlockMode>"
    options = f"<vpcBlockPublicAccessOptions>{mode}</vpcBlockPublicAccessOptions>"
    return f'<{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{options}</{action}Response>'


EC2Response.describe_vpc_block_public_access_options = block_public_access

# Filters of instances by their interfaces.
Instance.interface_subnets = property(lambda self: [own.subnet.id for own in self.nics.values()])
Instance.interface_groups = property(
    lambda self: [group.id for own in self.nics.values() for group in own.group_set]
)
filter_dict_attribute_mapping["network-interface.subnet-id"] = "interface_subnets"
filter_dict_attribute_mapping["network-interface.group-id"] = "interface_groups"

main()
