grant select on hub.policy_parameters, hub.policies, hub.policy_values to hub_app;

grant select on hub.policy_parameters to hub_mover;

grant select, insert on hub.policies, hub.policy_values to hub_mover;
