override BY: f32 = 2.0;

@compute @workgroup_size(64) fn scale(@builtin(global_invocation_id) id: vec3<u32>) {
	v[id.x] *= BYE;
}
