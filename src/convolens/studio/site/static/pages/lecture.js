// lecture
