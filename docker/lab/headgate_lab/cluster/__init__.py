"""What the lab's Kubernetes is made of: programs, network, keys, control plane and node."""
